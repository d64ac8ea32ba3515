// sinter-interp: runs a function of an .mlir file on the reference interpreter and prints its results. For tests, and
// for seeing what an op means.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Reference/Compare.h"
#include "sinter/Reference/GradientCheck.h"
#include "sinter/Reference/Npy.h"
#include "sinter/Reference/RandomData.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"

#include <cmath>

using namespace mlir;
using namespace sinter::reference;
namespace cl = llvm::cl;

static cl::opt<std::string> inputFile(cl::Positional, cl::desc("<file.mlir, - for standard input>"), cl::init("-"));
static cl::opt<std::string> entry("entry", cl::desc("Function to run"), cl::init("main"));
static cl::opt<int64_t> rows("rows", cl::desc("Rows of the batch: the value of every extent ?"), cl::init(2));
static cl::list<std::string> args("args", cl::desc("Arguments as .npy files, in order"), cl::CommaSeparated);
enum class Fill { Random, Iota, Zeros };
static cl::opt<Fill>
    fill("fill", cl::desc("How to make arguments without a file (and parameters)"), cl::init(Fill::Random),
         cl::values(clEnumValN(Fill::Random, "random", "away from 0, in [-1, 1]; labels in range"),
                    clEnumValN(Fill::Iota, "iota", "0, 1, 2, ..."), clEnumValN(Fill::Zeros, "zeros", "all 0")));
static cl::opt<uint64_t> seed("seed", cl::desc("Seed of the random arguments"), cl::init(1));
static cl::opt<unsigned> precision("precision", cl::desc("Significant digits printed"), cl::init(6));
static cl::list<int64_t> checkWrt("check-gradient", cl::CommaSeparated,
                                  cl::desc("Compare the last results of --entry, gradients with respect to these "
                                           "arguments of --primal, with central differences"));
static cl::opt<std::string> primal("primal", cl::desc("The function that --entry is the gradient of"), cl::init("f"));
static cl::opt<double> tolerance("tolerance", cl::desc("Largest gradient error that passes"), cl::init(1e-6));
static cl::opt<int64_t> elements("elements", cl::desc("Elements checked per argument"), cl::init(200));
static cl::opt<double> difference("difference", cl::desc("h of the central differences, relative to the element"),
                                  cl::init(1e-6));
static cl::opt<bool> checkStep("check-step-gradients",
                               cl::desc("Compare the gradients kept by train_step with central differences"));

//===-- Printing -------------------------------------------------------------------------------------------------===//

static void printElement(llvm::raw_ostream &out, const Tensor &tensor, int64_t position) {
  if (std::isnan(tensor.at(position)))
    out << "nan"; // of either sign
  else if (tensor.isFloat())
    out << llvm::format("%.*g", static_cast<int>(precision), tensor.at(position) + 0.0); // no negative zero
  else
    out << tensor.integerAt(position);
}

/// Nested brackets, as in a literal.
static void printElements(llvm::raw_ostream &out, const Tensor &tensor, int64_t dim, int64_t &position) {
  if (dim == tensor.rank()) {
    printElement(out, tensor, position++);
    return;
  }
  out << "[";
  for (int64_t i = 0; i < tensor.shape()[dim]; ++i) {
    out << (i ? ", " : "");
    printElements(out, tensor, dim + 1, position);
  }
  out << "]";
}

static void print(llvm::raw_ostream &out, const Tensor &tensor) {
  int64_t position = 0;
  out << typeText(tensor) << " ";
  printElements(out, tensor, 0, position);
  out << "\n";
}

//===-- Arguments ------------------------------------------------------------------------------------------------===//

static void fillTensor(Tensor &tensor, uint64_t stream, int64_t limit) {
  if (fill == Fill::Random)
    fillRandom(tensor, seed, stream, limit);
  else if (fill == Fill::Iota)
    fillIota(tensor, limit);
}

static FailureOr<SmallVector<Tensor>> makeArguments(FunctionOpInterface function) {
  SmallVector<Tensor> arguments;
  for (unsigned number = 0; number < function.getNumArguments(); ++number) {
    if (number < args.size()) {
      llvm::Expected<Tensor> tensor = readNpy(args[number]);
      if (!tensor)
        return emitError(function->getLoc(), llvm::toString(tensor.takeError()));
      arguments.push_back(std::move(*tensor));
      continue;
    }
    FailureOr<Tensor> tensor = zerosForArgument(function, number, rows);
    if (failed(tensor))
      return failure();
    fillTensor(*tensor, number, labelLimit(function, number));
    arguments.push_back(std::move(*tensor));
  }
  return arguments;
}

/// Values for the module's parameters, made like arguments.
static void makeParameters(ModuleOp module, Environment &environment) {
  uint64_t stream = 1000;
  for (auto parameter : module.getOps<sinter::ParameterOp>()) {
    RankedTensorType type = parameter.getTensorType();
    Tensor tensor(*elementKindOf(type.getElementType()), type.getShape());
    fillTensor(tensor, stream++, 2);
    environment.parameters[parameter.getSymName().str()] = std::move(tensor);
  }
}

//===-- Actions --------------------------------------------------------------------------------------------------===//

static FailureOr<FunctionOpInterface> functionNamed(ModuleOp module, StringRef name) {
  if (auto function = module.lookupSymbol<FunctionOpInterface>(name))
    return function;
  return emitError(module.getLoc(), "there is no function '") << name << "'";
}

/// Prints every difference; fails if one is above the tolerance.
static LogicalResult report(ModuleOp module, const FailureOr<std::vector<GradientDifference>> &differences) {
  if (failed(differences))
    return failure();
  bool good = true;
  for (const GradientDifference &difference : *differences) {
    const bool passes = difference.error <= tolerance;
    llvm::outs() << (passes ? "right " : "WRONG ") << describe(difference) << "\n";
    good = good && passes;
  }
  if (good)
    return success();
  return emitError(module.getLoc(), "gradients differ from central differences by more than ")
         << llvm::formatv("{0:E1}", tolerance.getValue()).str();
}

static LogicalResult run(ModuleOp module) {
  GradientCheckOptions options;
  options.rows = rows;
  options.seed = seed;
  options.step = difference;
  options.elementsPerArgument = elements;
  if (checkStep)
    return report(module, checkStepGradients(module, options));

  FailureOr<FunctionOpInterface> function = functionNamed(module, entry);
  if (failed(function))
    return failure();
  FailureOr<SmallVector<Tensor>> arguments = makeArguments(*function);
  if (failed(arguments))
    return failure();
  Environment environment;
  environment.rows = rows;
  makeParameters(module, environment);
  if (!checkWrt.empty()) {
    FailureOr<FunctionOpInterface> differentiated = functionNamed(module, primal);
    if (failed(differentiated))
      return failure();
    const SmallVector<int64_t> wrt(checkWrt.begin(), checkWrt.end());
    return report(module, checkGradients(*differentiated, *function, wrt, *arguments, environment, options));
  }
  FailureOr<SmallVector<Tensor>> results = evaluate(*function, *arguments, environment);
  if (failed(results))
    return failure();
  for (const Tensor &result : *results)
    print(llvm::outs(), result);
  return success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::ParseCommandLineOptions(argc, argv, "Sinter's reference interpreter\n");
  DialectRegistry registry;
  registry.insert<sinter::SinterDialect, func::FuncDialect, arith::ArithDialect, math::MathDialect>();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  std::string message;
  auto file = openInputFile(inputFile, &message);
  if (!file) {
    llvm::errs() << "error: " << message << "\n";
    return 1;
  }
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(file), llvm::SMLoc());
  SourceMgrDiagnosticHandler diagnostics(sources, &context);
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, &context);
  return module && succeeded(run(*module)) ? 0 : 1;
}
