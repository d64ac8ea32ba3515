// Where do the compiler's remarks go?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Report/RemarkLog.h"

#include "Locations.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;

namespace sinter {

static StringRef kindOf(const remark::detail::Remark &remark) {
  switch (remark.getRemarkType()) {
  case llvm::remarks::Type::Passed:
    return "passed";
  case llvm::remarks::Type::Missed:
    return "missed";
  case llvm::remarks::Type::Failure:
    return "failed";
  default:
    return "analysis";
  }
}

static StringRef argument(const remark::detail::Remark &remark, StringRef key) {
  for (const remark::detail::Remark::Arg &arg : remark.getArgs())
    if (arg.key == key)
      return arg.val;
  return {};
}

static llvm::json::Value orNull(StringRef text) {
  return text.empty() ? llvm::json::Value(nullptr) : llvm::json::Value(text.str());
}

/// JSON values of a StringRef do not own it, and a remark does not live long: all texts are copied.
/// Kernels are named in their functions: with the function's name in front the name is that of a kernel's `id`.
static llvm::json::Object record(const remark::detail::Remark &remark) {
  StringRef function = remark.getFunction() == "<unknown function>" ? StringRef() : remark.getFunction();
  StringRef kernel = argument(remark, "Kernel");
  llvm::json::Array facts;
  for (const remark::detail::Remark::Arg &arg : remark.getArgs())
    if (arg.key != "Remark" && arg.key != "Reason" && arg.key != "Kernel")
      facts.push_back(llvm::json::Object{{"key", arg.key}, {"value", arg.val}});
  return llvm::json::Object{{"name", remark.getRemarkName().str()},
                            {"category", remark.getCategoryName().str()},
                            {"kind", kindOf(remark)},
                            {"function", orNull(function)},
                            {"kernel", kernel.empty() ? llvm::json::Value(nullptr) : (function + "/" + kernel).str()},
                            {"location", placeOf(remark.getLocation())},
                            {"message", argument(remark, "Remark").str()},
                            {"reason", orNull(argument(remark, "Reason"))},
                            {"facts", std::move(facts)}};
}

class RemarkLogStreamer : public remark::detail::MLIRRemarkStreamerBase {
public:
  RemarkLogStreamer(std::shared_ptr<RemarkLog> log, const std::string &printed, bool keep)
      : log(std::move(log)), printed(printed.empty() ? std::nullopt : std::optional<llvm::Regex>(printed)), keep(keep) {
  }

  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    if (printed && printed->match(remark.getCombinedCategoryName()))
      emitRemark(remark.getLocation(), remark.getMsg());
    if (keep)
      log->remarks.push_back(record(remark));
  }

private:
  std::shared_ptr<RemarkLog> log;
  std::optional<llvm::Regex> printed;
  bool keep;
};

FailureOr<std::shared_ptr<RemarkLog>> RemarkLog::enable(MLIRContext &context, const std::string &printed, bool keep) {
  auto log = std::make_shared<RemarkLog>();
  if (printed.empty() && !keep)
    return log;
  remark::RemarkCategories all{".*", ".*", ".*", ".*", ".*"};
  if (failed(remark::enableOptimizationRemarks(context, std::make_unique<RemarkLogStreamer>(log, printed, keep),
                                               std::make_unique<remark::RemarkEmittingPolicyAll>(), all,
                                               /*printAsEmitRemarks=*/false)))
    return failure();
  return log;
}

} // namespace sinter
