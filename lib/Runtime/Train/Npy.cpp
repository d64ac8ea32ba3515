// How are NumPy's .npy files read and written?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Npy.h"
#include "Error.h"

#include <charconv>
#include <cstring>

namespace sinter::train {

static constexpr std::string_view magic = "\x93NUMPY";

bool looksLikeNpy(std::string_view bytes) {
  return bytes.substr(0, magic.size()) == magic;
}

namespace {
// What the dictionary in front of the data says.
struct NpyHeader {
  std::string descr;
  bool fortranOrder = false;
  std::vector<int64_t> shape;
  size_t dataStart = 0;
};

// Reads the Python literal {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
class DictionaryParser {
public:
  DictionaryParser(std::string_view text, const std::string &path) : text(text), path(path) {}

  void parse(NpyHeader &header) {
    bool sawDescr = false, sawOrder = false, sawShape = false;
    expect('{');
    while (!accept('}')) {
      std::string key = quoted();
      expect(':');
      if (key == "descr") {
        skipBlanks();
        if (position < text.size() && text[position] == '[')
          fail("'{}' holds a structured NPY array; expected plain numbers", path);
        header.descr = quoted();
        sawDescr = true;
      } else if (key == "fortran_order") {
        header.fortranOrder = boolean();
        sawOrder = true;
      } else if (key == "shape") {
        header.shape = tuple();
        sawShape = true;
      } else {
        malformed();
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (!sawDescr || !sawOrder || !sawShape)
      malformed();
  }

private:
  [[noreturn]] void malformed() const {
    fail("'{}' is not a valid NPY file: its header is malformed near character {} ('{}')", path, position,
         text.substr(0, 80));
  }
  void skipBlanks() {
    while (position < text.size() && (text[position] == ' ' || text[position] == '\n' || text[position] == '\t'))
      ++position;
  }
  bool accept(char c) {
    skipBlanks();
    if (position >= text.size() || text[position] != c)
      return false;
    ++position;
    return true;
  }
  void expect(char c) {
    if (!accept(c))
      malformed();
  }
  std::string quoted() {
    skipBlanks();
    if (position >= text.size() || (text[position] != '\'' && text[position] != '"'))
      malformed();
    size_t end = text.find(text[position], position + 1);
    if (end == std::string_view::npos)
      malformed();
    std::string result(text.substr(position + 1, end - position - 1));
    position = end + 1;
    return result;
  }
  bool boolean() {
    skipBlanks();
    for (std::string_view word : {std::string_view("True"), std::string_view("False")}) {
      if (text.substr(position, word.size()) == word) {
        position += word.size();
        return word == "True";
      }
    }
    malformed();
  }
  std::vector<int64_t> tuple() {
    std::vector<int64_t> values;
    expect('(');
    while (!accept(')')) {
      skipBlanks();
      int64_t value = 0;
      auto [end, error] = std::from_chars(text.data() + position, text.data() + text.size(), value);
      if (error != std::errc() || value < 0)
        malformed();
      position = end - text.data();
      values.push_back(value);
      accept('L'); // written by Python 2
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return values;
  }

  std::string_view text;
  const std::string &path;
  size_t position = 0;
};
} // namespace

static uint32_t littleEndian(const std::string &bytes, size_t at, int count) {
  uint32_t value = 0;
  for (int i = 0; i < count; ++i)
    value |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return value;
}

static NpyHeader parseHeader(const std::string &bytes, const std::string &path) {
  if (bytes.size() < 10)
    fail("'{}' is truncated: an NPY header takes at least 10 bytes, found {}", path, bytes.size());
  int major = static_cast<unsigned char>(bytes[6]);
  if (major < 1 || major > 3)
    fail("'{}' is NPY version {}; expected version 1, 2 or 3", path, major);
  size_t prefix = major == 1 ? 10 : 12;
  if (bytes.size() < prefix)
    fail("'{}' is truncated: its NPY header takes {} bytes, found {}", path, prefix, bytes.size());
  size_t length = littleEndian(bytes, 8, major == 1 ? 2 : 4);
  if (bytes.size() - prefix < length)
    fail("'{}' is truncated: its NPY header takes {} bytes, found {}", path, prefix + length, bytes.size());
  NpyHeader header;
  header.dataStart = prefix + length;
  DictionaryParser(std::string_view(bytes).substr(prefix, length), path).parse(header);
  return header;
}

static ElementType elementTypeOf(const std::string &descr, const std::string &path) {
  static constexpr struct {
    const char *code;
    ElementType type;
  } table[] = {{"f4", ElementType::F32}, {"f8", ElementType::F64}, {"i1", ElementType::I8},  {"u1", ElementType::U8},
               {"i2", ElementType::I16}, {"u2", ElementType::U16}, {"i4", ElementType::I32}, {"u4", ElementType::U32},
               {"i8", ElementType::I64}, {"u8", ElementType::U64}, {"b1", ElementType::Bool}};
  if (descr.size() == 3 && std::strchr("<>|=", descr[0]))
    for (const auto &entry : table)
      if (descr.compare(1, 2, entry.code) == 0)
        return entry.type;
  fail("'{}' holds NPY elements of type '{}'; expected f4, f8, i1, u1, i2, u2, i4, u4, i8, u8 or b1", path, descr);
}

// Reorders column-major elements to row-major ones.
static std::string toRowMajor(const char *source, const std::vector<int64_t> &shape, size_t size, int64_t bytes) {
  std::string result(static_cast<size_t>(bytes), '\0');
  std::vector<int64_t> index(shape.size(), 0), stride(shape.size(), 1);
  for (size_t i = 1; i < shape.size(); ++i)
    stride[i] = stride[i - 1] * shape[i - 1];
  int64_t offset = 0;
  for (int64_t done = 0; done < bytes; done += static_cast<int64_t>(size)) {
    std::memcpy(result.data() + done, source + offset * static_cast<int64_t>(size), size);
    for (size_t axis = shape.size(); axis-- > 0;) {
      offset += stride[axis];
      if (++index[axis] < shape[axis])
        break;
      offset -= stride[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}

Array parseNpy(std::string bytes, const std::string &path) {
  NpyHeader header = parseHeader(bytes, path);
  Array array;
  array.type = elementTypeOf(header.descr, path);
  array.shape = header.shape;
  size_t size = elementSize(array.type);
  int64_t expected = checkedBytes(array.shape, size);
  size_t found = bytes.size() - header.dataStart;
  if (expected < 0)
    fail("'{}' announces the shape {}, which no memory can hold", path, shapeText(array.shape));
  if (found < static_cast<size_t>(expected))
    fail("'{}' is truncated: its NPY data of shape {} take {} bytes, found {}", path, shapeText(array.shape), expected,
         found);
  if (found > static_cast<size_t>(expected))
    fail("'{}' is not a valid NPY file: {} after its data of shape {}", path,
         counted(static_cast<long long>(found) - expected, "byte"), shapeText(array.shape));
  if (header.descr[0] == '>')
    swapBytes(bytes.data() + header.dataStart, expected / static_cast<int64_t>(size), size);
  if (header.fortranOrder && array.shape.size() > 1) {
    array.bytes = toRowMajor(bytes.data() + header.dataStart, array.shape, size, expected);
  } else {
    array.bytes = std::move(bytes);
    array.start = header.dataStart;
  }
  return array;
}

std::string npyHeader(ElementType type, const std::vector<int64_t> &shape) {
  static const char *const codes[] = {"<f4", "<f8", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "|b1"};
  std::string dimensions;
  for (int64_t extent : shape)
    dimensions += fmt::format("{}, ", extent);
  if (shape.size() > 1)
    dimensions.resize(dimensions.size() - 2);
  else if (shape.size() == 1)
    dimensions.resize(dimensions.size() - 1);
  std::string dictionary = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                                       codes[static_cast<int>(type)], dimensions);
  // The data begin at a multiple of 64; the header ends with a line feed.
  size_t total = (10 + dictionary.size() + 1 + 63) / 64 * 64;
  dictionary.append(total - 10 - dictionary.size() - 1, ' ');
  dictionary += '\n';
  std::string header(magic);
  header += '\x01';
  header += '\x00';
  header += static_cast<char>(dictionary.size() & 0xff);
  header += static_cast<char>(dictionary.size() >> 8);
  return header + dictionary;
}

} // namespace sinter::train
