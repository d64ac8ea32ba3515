// Is the derivative of every op right, and the derivative of its derivative? Central differences of the reference
// interpreter, in double, against `sinter.value_and_grad`.
//
// For each case y = op(a0, a1, ...) the test differentiates f = sum(k y) with random weights k with respect to every
// float argument, then h = sum(v0 df/da0) + sum(v1 df/da1) + ... again.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Reference/GradientCheck.h"
#include "sinter/Reference/RandomData.h"
#include "sinter/Transforms/Autodiff/Autodiff.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace sinter;
using namespace sinter::reference;

namespace {

/// One op in a function of arguments %a0, %a1, ... that leaves its result in %y.
struct Case {
  const char *name;
  std::vector<std::string> arguments;
  std::string body;
  std::string result;
};

const std::string M = "tensor<?x4xf64>"; // the type of most cases

/// y = op(a0).
Case unary(const char *name, std::string op, std::string options = "") {
  return {name, {M}, "%y = sinter." + op + " %a0 " + options + " : " + M, M};
}

/// y = op(a0^2 + 0.1), for ops of positive numbers.
Case positive(const char *name) {
  return {name,
          {M},
          "%c = sinter.constant dense<0.1> : tensor<1x4xf64> -> " + M + "\n%s = sinter.square %a0 : " + M +
              "\n%p = sinter.add %s, %c : " + M + "\n%y = sinter." + name + " %p : " + M,
          M};
}

Case binary(const char *name) {
  return {name, {M, M}, std::string("%y = sinter.") + name + " %a0, %a1 : " + M, M};
}

/// y = region of (%p, %q) = (a0, a1), scalars; leaves %r.
Case region(const char *name, std::string text) {
  return {name,
          {M, M},
          "%y = sinter.map ins(%a0, %a1 : " + M + ", " + M + ") -> " + M + " {\n^bb0(%p: f64, %q: f64):\n" + text +
              "\nsinter.yield %r : f64\n}",
          M};
}

/// A math op of one operand in a region, of p / 2 (in (-1, 1), for asin and the like).
Case mathOp(const char *name) {
  return region(name, "%half = arith.constant 0.5 : f64\n%h = arith.mulf %p, %half : f64\n%m = math." +
                          std::string(name) + " %h : f64\n%r = arith.mulf %m, %q : f64");
}

/// A math op of one operand in a region, of p^2 + 1.5.
Case mathOfPositive(const char *name) {
  return region(name, "%c = arith.constant 1.5 : f64\n%s = arith.mulf %p, %p : f64\n%h = arith.addf %s, %c : f64\n"
                      "%m = math." +
                          std::string(name) + " %h : f64\n%r = arith.mulf %m, %q : f64");
}

/// Softmax along the leading dimension, which must be static for that.
Case columns(const char *op) {
  const std::string type = "tensor<3x4xf64>";
  return {op, {type}, std::string("%y = sinter.") + op + " %a0 dim = 0 : " + type, type};
}

Case loss(const char *name, std::string op, std::string options = "") {
  return {name,
          {M, M},
          "%y = sinter." + op + " %a0, %a1 " + options + " : (" + M + ", " + M + ") -> tensor<f64>",
          "tensor<f64>"};
}

std::vector<Case> elementwiseCases() {
  return {unary("negate", "negate"),
          unary("abs", "abs"),
          unary("sign", "sign"),
          unary("floor", "floor"),
          unary("exp", "exp"),
          unary("expm1", "expm1"),
          unary("sin", "sin"),
          unary("cos", "cos"),
          unary("tanh", "tanh"),
          unary("erf", "erf"),
          unary("sigmoid", "sigmoid"),
          unary("square", "square"),
          positive("log"),
          positive("log1p"),
          positive("sqrt"),
          positive("rsqrt"),
          unary("relu", "relu"),
          unary("silu", "silu"),
          unary("leaky_relu", "leaky_relu", "slope = 0.2"),
          unary("elu", "elu", "alpha = 1.5"),
          unary("softplus", "softplus"),
          unary("softplus_threshold", "softplus", "beta = 3.0 threshold = 1.0"),
          unary("gelu", "gelu"),
          unary("gelu_tanh", "gelu", "tanh"),
          binary("add"),
          binary("sub"),
          binary("mul"),
          binary("div"),
          binary("max"),
          binary("min"),
          {"pow", {M, M}, "%e = sinter.exp %a0 : " + M + "\n%y = sinter.pow %e, %a1 : " + M, M},
          {"select", {M, M}, "%c = sinter.compare lt, %a0, %a1 : " + M + "\n%y = sinter.select %c, %a0, %a1 : " + M, M},
          {"convert", {"tensor<?x4xf32>"}, "%y = sinter.convert %a0 : tensor<?x4xf32> to " + M, M},
          {"dropout",
           {M},
           "%key = sinter.constant dense<5> : tensor<i64> -> tensor<i64>\n"
           "%y = sinter.dropout %a0 rate = 0.5 key(%key, %key) stream = 3 : " +
               M,
           M},
          {"chain",
           {M},
           "%t = sinter.tanh %a0 : " + M + "\n%e = sinter.exp %t : " + M + "\n%y = sinter.mul %e, %t : " + M,
           M}};
}

std::vector<Case> coreCases() {
  const std::string T = "tensor<2x3x4xf64>";
  return {
      {"broadcast", {"tensor<4xf64>"}, "%y = sinter.broadcast %a0 dims = [1] : tensor<4xf64> -> " + M, M},
      {"broadcast_scalar", {"tensor<f64>"}, "%y = sinter.broadcast %a0 dims = [] : tensor<f64> -> " + M, M},
      {"sum_columns", {M}, "%y = sinter.reduce sum %a0 dims = [0] : " + M + " -> tensor<4xf64>", "tensor<4xf64>"},
      {"mean_rows", {M}, "%y = sinter.reduce mean %a0 dims = [1] : " + M + " -> tensor<?xf64>", "tensor<?xf64>"},
      {"mean_batch", {M}, "%y = sinter.reduce mean %a0 dims = [0, 1] : " + M + " -> tensor<f64>", "tensor<f64>"},
      {"max_rows", {M}, "%y = sinter.reduce max %a0 dims = [1] : " + M + " -> tensor<?xf64>", "tensor<?xf64>"},
      {"transpose", {T}, "%y = sinter.transpose %a0 [2, 0, 1] : " + T + " -> tensor<4x2x3xf64>", "tensor<4x2x3xf64>"},
      {"reshape", {T}, "%y = sinter.reshape %a0 : " + T + " -> tensor<6x4xf64>", "tensor<6x4xf64>"},
      {"slice", {M}, "%y = sinter.slice %a0 [0:-1:1, 1:4:2] : " + M + " -> tensor<?x2xf64>", "tensor<?x2xf64>"},
      {"pad",
       {M},
       "%y = sinter.pad %a0 value = 2.0 low = [0, 1] high = [0, 2] interior = [0, 1] : " + M + " -> tensor<?x10xf64>",
       "tensor<?x10xf64>"},
      {"concatenate",
       {M, "tensor<?x3xf64>"},
       "%y = sinter.concatenate %a0, %a1, %a0 dim = 1 : (" + M + ", tensor<?x3xf64>, " + M + ") -> tensor<?x11xf64>",
       "tensor<?x11xf64>"},
      {"dot_rows",
       {M, "tensor<3x4xf64>"},
       "%y = sinter.dot_general %a0, %a1 batch = [] x [] contract = [1] x [1] : (" + M +
           ", tensor<3x4xf64>) -> tensor<?x3xf64>",
       "tensor<?x3xf64>"},
      {"dot_over_batch",
       {M, "tensor<?x3xf64>"},
       "%y = sinter.dot_general %a0, %a1 batch = [] x [] contract = [0] x [0] : (" + M +
           ", tensor<?x3xf64>) -> tensor<4x3xf64>",
       "tensor<4x3xf64>"},
      {"dot_batched",
       {"tensor<2x3x4xf64>", "tensor<5x2x4x3xf64>"},
       "%y = sinter.dot_general %a0, %a1 batch = [0] x [1] contract = [2, 1] x [2, 3] "
       ": (tensor<2x3x4xf64>, tensor<5x2x4x3xf64>) -> tensor<2x5xf64>",
       "tensor<2x5xf64>"},
      {"dot_outer",
       {"tensor<3xf64>", "tensor<4xf64>"},
       "%y = sinter.dot_general %a0, %a1 batch = [] x [] contract = [] x [] : (tensor<3xf64>, tensor<4xf64>) -> "
       "tensor<3x4xf64>",
       "tensor<3x4xf64>"},
      {"batch_size",
       {M},
       "%n = sinter.batch_size : tensor<f64>\n%b = sinter.broadcast %n dims = [] : tensor<f64> -> " + M +
           "\n%y = sinter.div %a0, %b : " + M,
       M}};
}

std::vector<Case> compositeCases() {
  return {
      {"linear",
       {M, "tensor<3x4xf64>", "tensor<3xf64>"},
       "%y = sinter.linear %a0, %a1, %a2 : (" + M + ", tensor<3x4xf64>, tensor<3xf64>) -> tensor<?x3xf64>",
       "tensor<?x3xf64>"},
      {"linear_no_bias_rank_3",
       {"tensor<?x2x4xf64>", "tensor<3x4xf64>"},
       "%y = sinter.linear %a0, %a1 : (tensor<?x2x4xf64>, tensor<3x4xf64>) -> tensor<?x2x3xf64>",
       "tensor<?x2x3xf64>"},
      unary("softmax_rows", "softmax", "dim = 1"),
      columns("softmax"),
      unary("log_softmax_rows", "log_softmax", "dim = 1"),
      columns("log_softmax"),
      {"layer_norm",
       {M, "tensor<4xf64>", "tensor<4xf64>"},
       "%y = sinter.layer_norm %a0, %a1, %a2 epsilon = 0.1 : " + M + ", tensor<4xf64>",
       M},
      {"rms_norm", {M, "tensor<4xf64>"}, "%y = sinter.rms_norm %a0, %a1 epsilon = 0.1 : " + M + ", tensor<4xf64>", M},
      loss("mse", "mse_loss"),
      loss("mse_sum", "mse_loss", "sum"),
      loss("l1", "l1_loss"),
      loss("l1_sum", "l1_loss", "sum"),
      loss("huber", "huber_loss", "delta = 0.3"),
      loss("huber_sum", "huber_loss", "sum"),
      loss("bce_with_logits", "bce_with_logits"),
      loss("bce_with_logits_sum", "bce_with_logits", "sum"),
      loss("cross_entropy_probabilities", "cross_entropy"),
      loss("cross_entropy_probabilities_smooth", "cross_entropy", "label_smoothing = 0.2 sum"),
      {"cross_entropy",
       {M, "tensor<?xi32>"},
       "%y = sinter.cross_entropy %a0, %a1 : (" + M + ", tensor<?xi32>) -> tensor<f64>",
       "tensor<f64>"},
      {"cross_entropy_smooth",
       {M, "tensor<?xi64>"},
       "%y = sinter.cross_entropy %a0, %a1 label_smoothing = 0.1 sum : (" + M + ", tensor<?xi64>) -> tensor<f64>",
       "tensor<f64>"},
      {"call", {M}, "%y = func.call @user(%a0) : (" + M + ") -> " + M, M},
      {"custom_rule", {M}, "%y = func.call @custom(%a0) : (" + M + ") -> " + M, M}};
}

std::vector<Case> regionCases() {
  std::vector<Case> cases = {
      region("map_arith", "%c = arith.constant 3.0 : f64\n%s = arith.subf %p, %q : f64\n%m = arith.mulf %s, %p : f64\n"
                          "%d = arith.addf %q, %c : f64\n%e = arith.divf %m, %d : f64\n%r = arith.negf %e : f64"),
      region("map_extremes", "%a = arith.maximumf %p, %q : f64\n%b = arith.minimumf %p, %q : f64\n"
                             "%c = arith.maxnumf %p, %b : f64\n%d = arith.minnumf %a, %q : f64\n"
                             "%m = arith.mulf %c, %d : f64\n%r = arith.mulf %m, %a : f64"),
      region("map_select", "%c = arith.cmpf olt, %p, %q : f64\n%s = arith.mulf %p, %q : f64\n"
                           "%r = arith.select %c, %s, %p : f64"),
      region("map_fma", "%m = math.fma %p, %q, %p : f64\n%r = arith.mulf %m, %p : f64"),
      region("map_pow", "%e = math.exp %p : f64\n%r = math.powf %e, %q : f64"),
      region("map_atan2", "%r = math.atan2 %p, %q : f64"),
      region("map_copysign", "%s = arith.mulf %p, %p : f64\n%r = math.copysign %s, %q : f64"),
      region("map_convert", "%t = arith.truncf %p : f64 to f32\n%e = arith.extf %t : f32 to f64\n"
                            "%r = arith.mulf %e, %q : f64")};
  for (const char *name : {"exp",  "exp2", "expm1", "sin",   "cos", "tan",  "asin", "acos",  "atan", "sinh",
                           "cosh", "tanh", "asinh", "atanh", "erf", "erfc", "absf", "floor", "ceil", "round"})
    cases.push_back(mathOp(name));
  for (const char *name : {"log", "log1p", "log2", "log10", "sqrt", "rsqrt", "cbrt", "acosh"})
    cases.push_back(mathOfPositive(name));
  return cases;
}

//===-- The functions f, its gradient, h and its gradient --------------------------------------------------------===//

bool isFloatType(const std::string &type) {
  return type.find("f64>") != type.npos || type.find("f32>") != type.npos;
}

std::string dimsOf(const std::string &type) {
  std::string dims;
  for (long i = 0; i < std::count(type.begin(), type.end(), 'x'); ++i)
    dims += (i ? ", " : "") + std::to_string(i);
  return "[" + dims + "]";
}

std::string join(const std::vector<std::string> &parts) {
  std::string text;
  for (const std::string &part : parts)
    text += (text.empty() ? "" : ", ") + part;
  return text;
}

/// Adds sum(value * weight), of `type` each, to the sum named `sum`, as text; names the total `total`.
std::string addWeightedSum(const std::string &value, const std::string &weight, const std::string &type,
                           const std::string &sum, const std::string &total) {
  std::string text = "%w" + total + " = sinter.mul " + value + ", " + weight + " : " + type + "\n";
  std::string wide = type;
  if (const size_t at = type.find("f32"); at != type.npos) {
    wide.replace(at, 3, "f64");
    text += "%c" + total + " = sinter.convert %w" + total + " : " + type + " to " + wide + "\n";
  } else {
    text += "%zero" + total + " = sinter.constant dense<0.0> : tensor<f64> -> tensor<f64>\n";
  }
  text += "%s" + total + " = sinter.reduce sum %" + (wide == type ? "w" : "c") + total + " dims = " + dimsOf(type) +
          " : " + wide + " -> tensor<f64>\n";
  return text + "%" + total + " = sinter.add " + sum + ", %s" + total + " : tensor<f64>\n";
}

/// "@name(%a0: type, ...)" without results, and the lists a call needs.
struct Signature {
  std::vector<std::string> names, types, floats;
  std::vector<int64_t> wrt;

  explicit Signature(const Case &test) : types(test.arguments) {
    for (size_t i = 0; i < types.size(); ++i) {
      names.push_back("%a" + std::to_string(i));
      if (isFloatType(types[i])) {
        wrt.push_back(i);
        floats.push_back(types[i]);
      }
    }
    add("%k", test.result);
  }
  void add(const std::string &name, const std::string &type) {
    names.push_back(name);
    if (types.size() < names.size())
      types.push_back(type);
  }
  std::string parameters() const {
    std::vector<std::string> parts;
    for (size_t i = 0; i < names.size(); ++i)
      parts.push_back(names[i] + ": " + types[i]);
    return "(" + join(parts) + ")";
  }
  /// "%g:N = sinter.value_and_grad @callee(...) wrt [...] : ..."
  std::string valueAndGrad(const std::string &callee) const {
    std::string numbers;
    for (int64_t i : wrt)
      numbers += (numbers.empty() ? "" : ", ") + std::to_string(i);
    return "%g:" + std::to_string(1 + wrt.size()) + " = sinter.value_and_grad @" + callee + "(" + join(names) +
           ") wrt [" + numbers + "] : (" + join(types) + ") -> (tensor<f64>, " + join(floats) + ")\n";
  }
  std::string gradientFunction(const std::string &name, const std::string &callee) const {
    std::vector<std::string> results;
    for (size_t i = 0; i <= wrt.size(); ++i)
      results.push_back("%g#" + std::to_string(i));
    return "func.func @" + name + parameters() + " -> (tensor<f64>, " + join(floats) + ") {\n" + valueAndGrad(callee) +
           "return " + join(results) + " : tensor<f64>, " + join(floats) + "\n}\n";
  }
};

/// Functions that cases call: @user is differentiated, @custom (x^2) brings its own rule (2 x g).
const std::string library =
    "func.func private @user(%x: " + M + ") -> " + M + " {\n%t = sinter.tanh %x : " + M +
    "\n%r = sinter.mul %t, %x : " + M + "\nreturn %r : " + M + "\n}\n" + "func.func private @custom(%x: " + M +
    ") -> " + M + " attributes {sinter.vjp = @custom_vjp} {\n%r = sinter.square %x : " + M + "\nreturn %r : " + M +
    "\n}\n" + "func.func private @custom_vjp(%x: " + M + ", %g: " + M + ") -> " + M +
    " {\n%d = sinter.add %x, %x : " + M + "\n%r = sinter.mul %d, %g : " + M + "\nreturn %r : " + M + "\n}\n";

const char *const zeroText = "%zero = sinter.constant dense<0.0> : tensor<f64> -> tensor<f64>\n";

std::string moduleText(const Case &test, Signature first, Signature &second) {
  std::string text = library;
  text += "func.func @f" + first.parameters() + " -> tensor<f64> {\n" + zeroText + test.body + "\n" +
          addWeightedSum("%y", "%k", test.result, "%zero", "total") + "return %total : tensor<f64>\n}\n";
  text += first.gradientFunction("df", "f");

  std::string sums, total = "%zero";
  for (size_t i = 0; i < first.wrt.size(); ++i) {
    const std::string weight = "%v" + std::to_string(i), next = "total" + std::to_string(i);
    second.add(weight, first.floats[i]);
    sums += addWeightedSum("%g#" + std::to_string(i + 1), weight, first.floats[i], total, next);
    total = "%" + next;
  }
  text += "func.func @h" + second.parameters() + " -> tensor<f64> {\n" + zeroText + first.valueAndGrad("f") + sums +
          "return " + total + " : tensor<f64>\n}\n";
  return text + second.gradientFunction("dh", "h");
}

class Derivatives : public testing::TestWithParam<Case> {};

void expectRight(ModuleOp module, StringRef primal, StringRef gradient, ArrayRef<int64_t> wrt, double bound) {
  auto f = module.lookupSymbol<FunctionOpInterface>(primal), df = module.lookupSymbol<FunctionOpInterface>(gradient);
  Environment environment;
  environment.rows = 3;
  GradientCheckOptions options;
  options.elementsPerArgument = 1000;
  FailureOr<SmallVector<Tensor>> arguments = randomArguments(f, environment.rows, /*seed=*/3);
  ASSERT_TRUE(succeeded(arguments));
  auto differences = checkGradients(f, df, wrt, *arguments, environment, options);
  ASSERT_TRUE(succeeded(differences));
  for (const GradientDifference &difference : *differences)
    EXPECT_LE(difference.error, bound) << gradient.str() << ", " << describe(difference);
}

TEST_P(Derivatives, AgreeWithCentralDifferences) {
  const Case &test = GetParam();
  const Signature first(test);
  Signature second(test);
  const std::string text = moduleText(test, first, second);
  DialectRegistry registry;
  registry.insert<SinterDialect, func::FuncDialect, arith::ArithDialect, math::MathDialect>();
  registerAutodiffRules(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  ASSERT_TRUE(module) << text;
  ASSERT_TRUE(succeeded(expandValueAndGrad(*module))) << text;
  ASSERT_TRUE(succeeded(verify(*module)));
  expectRight(*module, "f", "df", first.wrt, 1e-6);
  expectRight(*module, "h", "dh", second.wrt, 1e-6);
}

void PrintTo(const Case &test, std::ostream *out) {
  *out << test.name;
}

std::string nameOf(const testing::TestParamInfo<Case> &info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Elementwise, Derivatives, testing::ValuesIn(elementwiseCases()), nameOf);
INSTANTIATE_TEST_SUITE_P(Core, Derivatives, testing::ValuesIn(coreCases()), nameOf);
INSTANTIATE_TEST_SUITE_P(Composite, Derivatives, testing::ValuesIn(compositeCases()), nameOf);
INSTANTIATE_TEST_SUITE_P(Region, Derivatives, testing::ValuesIn(regionCases()), nameOf);

} // namespace
