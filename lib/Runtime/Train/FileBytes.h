// How do the bytes of a data file get into memory? Whole, and inflated when they are gzip; the contents decide, not the
// file's name.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_FILEBYTES_H
#define SINTER_LIB_RUNTIME_TRAIN_FILEBYTES_H

#include <string>
#include <string_view>

namespace sinter::train {

/// The contents of the file at `path`; gzip (several members too) is inflated. Throws an Error when the file cannot be
/// read or its gzip data is truncated or damaged.
std::string readFileBytes(const std::string &path);

/// Inflates `bytes` if they begin like gzip, or returns them as they are. `path` is for messages.
std::string inflateIfGzip(std::string bytes, const std::string &path);

/// The part of `path` after the last slash.
std::string_view baseName(std::string_view path);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_FILEBYTES_H
