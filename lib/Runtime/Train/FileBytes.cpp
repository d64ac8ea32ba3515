// How do the bytes of a data file get into memory?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FileBytes.h"
#include "Error.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sys/stat.h>
#include <zlib.h>

namespace sinter::train {

std::string_view baseName(std::string_view path) {
  size_t slash = path.find_last_of('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

static std::string readRaw(const std::string &path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0)
    fail("cannot open '{}': {}", path, std::strerror(errno));
  if (S_ISDIR(info.st_mode))
    fail("cannot read '{}': it is a folder, expected a file", path);
  std::unique_ptr<std::FILE, int (*)(std::FILE *)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file)
    fail("cannot open '{}': {}", path, std::strerror(errno));
  std::string bytes;
  // One byte more than the size of a regular file, so that its end is seen without growing.
  size_t room = S_ISREG(info.st_mode) ? static_cast<size_t>(info.st_size) + 1 : size_t(1) << 16;
  size_t used = 0;
  for (;;) {
    bytes.resize(used + room);
    size_t got = std::fread(bytes.data() + used, 1, room, file.get());
    used += got;
    if (got < room)
      break;
    room = std::max<size_t>(used, size_t(1) << 16);
  }
  if (std::ferror(file.get()))
    fail("cannot read '{}': {}", path, std::strerror(errno));
  bytes.resize(used);
  return bytes;
}

namespace {
// Owns zlib's state for one gzip stream.
struct Inflater {
  z_stream stream = {};
  bool ready;
  Inflater() : ready(inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK) {}
  ~Inflater() {
    if (ready)
      inflateEnd(&stream);
  }
};
} // namespace

static bool startsLikeGzip(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

std::string inflateIfGzip(std::string bytes, const std::string &path) {
  if (!startsLikeGzip(bytes))
    return bytes;
  Inflater inflater;
  if (!inflater.ready)
    fail("cannot inflate '{}': zlib could not start", path);
  z_stream &stream = inflater.stream;
  std::string result;
  size_t used = 0, taken = 0;
  result.resize(std::max<size_t>(bytes.size() * 4, 1 << 12));
  for (;;) {
    // zlib counts in 32 bits; feed and drain in pieces.
    constexpr size_t piece = size_t(1) << 30;
    stream.next_in = reinterpret_cast<Bytef *>(bytes.data()) + taken;
    stream.avail_in = static_cast<uInt>(std::min(piece, bytes.size() - taken));
    if (used == result.size())
      result.resize(result.size() * 2);
    stream.next_out = reinterpret_cast<Bytef *>(result.data()) + used;
    stream.avail_out = static_cast<uInt>(std::min(piece, result.size() - used));
    uInt input = stream.avail_in, output = stream.avail_out;
    int status = inflate(&stream, Z_NO_FLUSH);
    taken += input - stream.avail_in;
    used += output - stream.avail_out;
    if (status == Z_STREAM_END) {
      if (!startsLikeGzip(std::string_view(bytes).substr(taken)))
        break;
      inflateReset(&stream); // a further member follows
    } else if (status == Z_BUF_ERROR || (status == Z_OK && taken == bytes.size() && stream.avail_out != 0)) {
      fail("'{}' is truncated: its gzip data end after {} bytes, before their end mark", path, bytes.size());
    } else if (status != Z_OK) {
      fail("'{}' is damaged: {} in its gzip data near byte {}", path, stream.msg ? stream.msg : "an error", taken);
    }
  }
  result.resize(used);
  return result;
}

std::string readFileBytes(const std::string &path) {
  return inflateIfGzip(readRaw(path), path);
}

} // namespace sinter::train
