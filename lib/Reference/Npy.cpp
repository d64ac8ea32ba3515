// How is a .npy file read? Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Reference/Npy.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace sinter::reference;
using llvm::StringRef;

static llvm::Error problem(StringRef path, const llvm::Twine &what) {
  return llvm::createStringError(path + ": " + what);
}

/// The text behind `'key':` in the header's dictionary.
static StringRef entryOf(StringRef header, StringRef key) {
  const size_t at = header.find(("'" + key + "':").str());
  return at == StringRef::npos ? StringRef() : header.drop_front(at + key.size() + 3).ltrim();
}

static std::optional<ElementKind> kindOf(StringRef descr) {
  return llvm::StringSwitch<std::optional<ElementKind>>(descr)
      .Case("<f4", ElementKind::F32)
      .Case("<f8", ElementKind::F64)
      .Case("|b1", ElementKind::I1)
      .Case("|i1", ElementKind::I8)
      .Case("<i4", ElementKind::I32)
      .Case("<i8", ElementKind::I64)
      .Default(std::nullopt);
}

/// "(2, 3)" or "(5,)" or "()".
static std::optional<llvm::SmallVector<int64_t>> parseShape(StringRef text) {
  llvm::SmallVector<int64_t> shape;
  if (!text.consume_front("("))
    return std::nullopt;
  StringRef inside = text.take_until([](char c) { return c == ')'; });
  llvm::SmallVector<StringRef> parts;
  inside.split(parts, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef part : parts) {
    int64_t extent;
    if (part.trim().empty())
      continue;
    if (part.trim().getAsInteger(10, extent) || extent < 0)
      return std::nullopt;
    shape.push_back(extent);
  }
  return shape;
}

static int64_t bytesOf(ElementKind kind) {
  switch (kind) {
  case ElementKind::I1:
  case ElementKind::I8:
    return 1;
  case ElementKind::F32:
  case ElementKind::I32:
    return 4;
  default:
    return 8;
  }
}

static void decode(Tensor &tensor, const char *bytes) {
  using namespace llvm::support;
  for (int64_t i = 0; i < tensor.size(); ++i) {
    const char *at = bytes + i * bytesOf(tensor.kind());
    switch (tensor.kind()) {
    case ElementKind::F32:
      tensor.set(i, llvm::bit_cast<float>(endian::read32le(at)));
      break;
    case ElementKind::F64:
      tensor.set(i, llvm::bit_cast<double>(endian::read64le(at)));
      break;
    case ElementKind::I1:
    case ElementKind::I8:
      tensor.setInteger(i, *at);
      break;
    case ElementKind::I32:
      tensor.setInteger(i, static_cast<int32_t>(endian::read32le(at)));
      break;
    case ElementKind::I64:
      tensor.setInteger(i, static_cast<int64_t>(endian::read64le(at)));
      break;
    case ElementKind::F16:
    case ElementKind::BF16:
      llvm_unreachable("files hold neither");
    }
  }
}

llvm::Expected<Tensor> sinter::reference::readNpy(StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file)
    return problem(path, "cannot be read: " + file.getError().message());
  StringRef bytes = (*file)->getBuffer();
  if (bytes.size() < 12 || !bytes.starts_with("\x93NUMPY"))
    return problem(path, "not a .npy file");
  const bool longHeader = bytes[6] >= 2;
  const size_t headerStart = longHeader ? 12 : 10;
  const size_t headerSize = longHeader ? llvm::support::endian::read32le(bytes.data() + 8)
                                       : llvm::support::endian::read16le(bytes.data() + 8);
  if (bytes.size() < headerStart + headerSize)
    return problem(path, "truncated in its header");
  const StringRef header = bytes.substr(headerStart, headerSize);
  const StringRef descr = entryOf(header, "descr").drop_front().take_until([](char c) { return c == '\''; });
  const std::optional<ElementKind> kind = kindOf(descr);
  const auto shape = parseShape(entryOf(header, "shape"));
  if (!kind || !shape || !entryOf(header, "fortran_order").starts_with("False"))
    return problem(path, "expected little-endian f4, f8, b1, i1, i4 or i8 elements in C order, found " + header.trim());
  const StringRef data = bytes.drop_front(headerStart + headerSize);
  const uint64_t size = static_cast<uint64_t>(sizeOf(*shape)) * bytesOf(*kind);
  if (data.size() != size)
    return problem(path, "expected " + llvm::Twine(size) + " bytes of elements, found " + llvm::Twine(data.size()));
  Tensor tensor(*kind, *shape);
  decode(tensor, data.data());
  return tensor;
}
