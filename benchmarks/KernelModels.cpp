// The texts of models of one kernel each.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "KernelModels.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using llvm::formatv;

namespace sinter::benchmarks {
namespace {

using Types = std::vector<std::string>;

/// "tensor<?x64xf32>"; a negative extent is `?`.
std::string tensor(std::initializer_list<int64_t> extents, const char *element = "f32") {
  std::string text = "tensor<";
  for (int64_t extent : extents)
    text += (extent < 0 ? "?" : std::to_string(extent)) + "x";
  return text + element + ">";
}
constexpr int64_t kBatch = -1;

/// "%a0: tensor<f32>, %a1: tensor<f32>".
std::string declare(const char *prefix, const Types &types) {
  std::vector<std::string> parts;
  for (auto [i, type] : llvm::enumerate(types))
    parts.push_back(formatv("%{0}{1}: {2}", prefix, i, type));
  return llvm::join(parts, ", ");
}

/// "%r0, %r1".
std::string values(const char *prefix, size_t count) {
  std::vector<std::string> parts;
  for (size_t i = 0; i != count; ++i)
    parts.push_back(formatv("%{0}{1}", prefix, i));
  return llvm::join(parts, ", ");
}

std::string list(const Types &types) {
  return llvm::join(types, ", ");
}

/// The model of the header: `body` makes %r0, %r1, ... of the types `results` from %a0, %a1, ... of `arguments`.
std::string model(const std::string &body, const Types &arguments, const Types &results,
                  const std::string &functions = "") {
  return formatv(R"(module @kernel {{
  sinter.parameter @unused : tensor<1xf32> = zeros
{0}  sinter.model @forward({1}) -> ({2}) {{
{3}
    sinter.return {4} : {2}
  }
  sinter.loss @loss({5}) -> tensor<f32> {{
    %p = sinter.get @unused : tensor<1xf32>
    %l = sinter.reduce sum %p dims = [0] : tensor<1xf32> -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd
}
)",
                 functions, declare("a", arguments), list(results), body, values("r", results.size()),
                 declare("r", results));
}

/// A model that returns the gradients of `energy`, a function of `arguments` whose body makes the scalar %e: with
/// respect to the first `wanted` of them, and before these its value if that is asked for.
std::string gradientModel(const std::string &energy, const Types &arguments, size_t wanted, bool withValue) {
  Types gradients(arguments.begin(), arguments.begin() + wanted), results = gradients;
  std::vector<std::string> indices;
  for (size_t i = 0; i != wanted; ++i)
    indices.push_back(std::to_string(i));
  // %r0 is the first result of the model, whichever that is.
  std::string names = withValue ? values("r", wanted + 1) : "%e, " + values("r", wanted);
  if (withValue)
    results.insert(results.begin(), "tensor<f32>");
  std::string function =
      formatv("  func.func private @energy({0}) -> tensor<f32> {{\n{1}\n    return %e : tensor<f32>\n  }\n",
              declare("a", arguments), energy);
  std::string body =
      formatv("    {0} = sinter.value_and_grad @energy({1}) wrt [{2}] : ({3}) -> (tensor<f32>, {4})", names,
              values("a", arguments.size()), llvm::join(indices, ", "), list(arguments), list(gradients));
  return model(body, arguments, results, function);
}

} // namespace

const char *nameOf(Layout layout) {
  static const char *const names[] = {"NN", "NT", "TN", "TT"};
  return names[static_cast<int>(layout)];
}

KernelCase product(const Product &product) {
  auto [layout, m, n, k, batched, element] = product;
  const int64_t rows = leftTransposed(layout) ? k : m;
  std::string name = formatv("product{0}/{1}/{2}x{3}x{4}{5}", element == Element::BF16 ? "_bf16" : "", nameOf(layout),
                             m, n, k, batched ? "" : "/static");
  if (batched)
    (leftTransposed(layout) ? k : m) = kBatch;
  auto leftOf = [=, layout = layout, m = m, k = k](const char *type) {
    return leftTransposed(layout) ? tensor({k, m}, type) : tensor({m, k}, type);
  };
  auto rightOf = [=, layout = layout, n = n, k = k](const char *type) {
    return rightTransposed(layout) ? tensor({n, k}, type) : tensor({k, n}, type);
  };
  std::string left = leftOf("f32"), right = rightOf("f32"), result = tensor({m, n}), body;
  const char *factors = "%a0, %a1", *type = "f32";
  if (element == Element::BF16) {
    factors = "%h0, %h1", type = "bf16";
    body = formatv("    %h0 = sinter.convert %a0 : {0} to {1}\n    %h1 = sinter.convert %a1 : {2} to {3}\n", left,
                   leftOf(type), right, rightOf(type));
  }
  body += formatv(
      "    %r0 = sinter.dot_general {0} batch = [] x [] contract = [{1}] x [{2}]\n        : ({3}, {4}) -> {5}", factors,
      leftTransposed(layout) ? 0 : 1, rightTransposed(layout) ? 1 : 0, leftOf(type), rightOf(type), result);
  return {name, model(body, {left, right}, {result}), batched ? std::optional(rows) : std::nullopt};
}

//===-- Names ----------------------------------------------------------------------------------------------------===//

/// "64x500x1000": as many extents as there is room for.
static bool parseExtents(llvm::StringRef text, llvm::MutableArrayRef<int64_t> extents) {
  llvm::SmallVector<llvm::StringRef> parts;
  text.split(parts, 'x');
  return parts.size() == extents.size() && llvm::all_of(llvm::zip_equal(parts, extents), [](auto pair) {
           auto [part, extent] = pair;
           return !part.getAsInteger(10, extent) && extent >= 1;
         });
}

static std::optional<Product> parseProduct(llvm::StringRef name) {
  const bool batched = !name.consume_back("/static");
  const Element element = name.consume_front("bf16/") ? Element::BF16 : Element::F32;
  auto [letters, extents] = name.split('/');
  int64_t mnk[3];
  if (!parseExtents(extents, mnk))
    return std::nullopt;
  for (Layout layout : {Layout::NN, Layout::NT, Layout::TN, Layout::TT})
    if (letters == nameOf(layout) && !(batched && layout == Layout::TT))
      return Product{layout, mnk[0], mnk[1], mnk[2], batched, element};
  return std::nullopt;
}

/// Takes the arguments that begin with `option` out of the command line. Fails with the first that `parse` refuses.
template <typename T>
static llvm::Expected<std::vector<T>> takeNames(int &argc, char **argv, llvm::StringRef option,
                                                llvm::function_ref<std::optional<T>(llvm::StringRef)> parse,
                                                const std::string &expected) {
  std::vector<T> names;
  llvm::Error error = llvm::Error::success();
  auto take = [&](llvm::StringRef argument) {
    if (!argument.consume_front(option))
      return false;
    if (std::optional<T> name = parse(argument))
      names.push_back(*name);
    else if (!error)
      error = llvm::createStringError("found '" + option + argument + "', expected " + expected);
    return true;
  };
  argc = static_cast<int>(std::remove_if(argv + 1, argv + argc, take) - argv);
  if (error)
    return std::move(error);
  return names;
}

llvm::Expected<std::vector<Product>> takeProducts(int &argc, char **argv) {
  return takeNames<Product>(argc, argv, "--product=", parseProduct,
                            "LAYOUT/MxNxK or LAYOUT/MxNxK/static, where LAYOUT is NN, NT, TN or (static) TT, or the "
                            "same with bf16/ in front");
}

llvm::Expected<std::vector<RowKernel>> takeRowKernels(int &argc, char **argv, llvm::ArrayRef<llvm::StringRef> names) {
  auto parse = [&](llvm::StringRef text) -> std::optional<RowKernel> {
    auto [name, extents] = text.split('/');
    int64_t sizes[2];
    if (!parseExtents(extents, sizes) || !llvm::is_contained(names, name))
      return std::nullopt;
    return RowKernel{name, sizes[0], sizes[1]};
  };
  return takeNames<RowKernel>(argc, argv, "--rows=", parse,
                              "KERNEL/ROWSxCOLUMNS, where KERNEL is " + llvm::join(names, ", "));
}

KernelCase transpose(int64_t rows, int64_t columns) {
  std::string from = tensor({rows, columns}), to = tensor({columns, rows});
  std::string body = formatv("    %r0 = sinter.transpose %a0 [1, 0] : {0} -> {1}", from, to);
  return {formatv("transpose/{0}x{1}", rows, columns), model(body, {from}, {to}), std::nullopt};
}

KernelCase softmax(int64_t rows, int64_t columns) {
  std::string type = tensor({kBatch, columns});
  return {formatv("softmax/{0}x{1}", rows, columns),
          model(formatv("    %r0 = sinter.softmax %a0 dim = 1 : {0}", type), {type}, {type}), rows};
}

KernelCase softmaxUnshifted(int64_t rows, int64_t columns) {
  std::string type = tensor({kBatch, columns}), sums = tensor({kBatch});
  std::string body = formatv("    %e = sinter.exp %a0 : {0}\n"
                             "    %s = sinter.reduce sum %e dims = [1] : {0} -> {1}\n"
                             "    %one = sinter.constant dense<1.0> : tensor<1xf32> -> {1}\n"
                             "    %f = sinter.div %one, %s : {1}\n"
                             "    %b = sinter.broadcast %f dims = [0] : {1} -> {0}\n"
                             "    %r0 = sinter.mul %e, %b : {0}",
                             type, sums);
  return {formatv("softmax_unshifted/{0}x{1}", rows, columns), model(body, {type}, {type}), rows};
}

KernelCase layerNorm(int64_t rows, int64_t columns) {
  std::string type = tensor({kBatch, columns}), row = tensor({columns});
  return {formatv("layer_norm/{0}x{1}", rows, columns),
          model(formatv("    %r0 = sinter.layer_norm %a0, %a1, %a2 : {0}, {1}", type, row), {type, row, row}, {type}),
          rows};
}

KernelCase layerNormBackward(int64_t rows, int64_t columns) {
  // The gradient of sum(layer_norm(x) * cotangent) is what the cotangent becomes.
  std::string type = tensor({kBatch, columns}), row = tensor({columns});
  std::string energy = formatv("    %y = sinter.layer_norm %a0, %a1, %a2 : {0}, {1}\n"
                               "    %p = sinter.mul %y, %a3 : {0}\n"
                               "    %e = sinter.reduce sum %p dims = [0, 1] : {0} -> tensor<f32>",
                               type, row);
  return {formatv("layer_norm_backward/{0}x{1}", rows, columns),
          gradientModel(energy, {type, row, row, type}, /*wanted=*/3, /*withValue=*/false), rows};
}

KernelCase biasGelu(int64_t rows, int64_t columns) {
  std::string type = tensor({kBatch, columns}), row = tensor({columns});
  std::string body = formatv("    %b = sinter.broadcast %a1 dims = [1] : {1} -> {0}\n"
                             "    %s = sinter.add %a0, %b : {0}\n"
                             "    %r0 = sinter.gelu %s : {0}",
                             type, row);
  return {formatv("bias_gelu/{0}x{1}", rows, columns), model(body, {type, row}, {type}), rows};
}

KernelCase columnSum(int64_t rows, int64_t columns) {
  std::string type = tensor({kBatch, columns}), row = tensor({columns});
  return {formatv("column_sum/{0}x{1}", rows, columns),
          model(formatv("    %r0 = sinter.reduce sum %a0 dims = [0] : {0} -> {1}", type, row), {type}, {row}), rows};
}

KernelCase crossEntropy(int64_t rows, int64_t classes) {
  std::string type = tensor({kBatch, classes}), labels = tensor({kBatch}, "i32");
  std::string energy = formatv("    %e = sinter.cross_entropy %a0, %a1 : ({0}, {1}) -> tensor<f32>", type, labels);
  return {formatv("cross_entropy/{0}x{1}", rows, classes),
          gradientModel(energy, {type, labels}, /*wanted=*/1, /*withValue=*/true), rows};
}

KernelCase adam(int64_t elements) {
  std::string text = formatv(R"(module @kernel {{
  sinter.parameter @w : {0} = zeros
  // A loss of 0 whose gradient is an input: nothing but the update is left of the step.
  func.func private @loss_of(%w: {0}, %g: {0}) -> tensor<f32> attributes {{sinter.vjp = @gradient} {{
    %zero = sinter.constant dense<0.0> : tensor<f32> -> tensor<f32>
    return %zero : tensor<f32>
  }
  func.func private @gradient(%w: {0}, %g: {0}, %cotangent: tensor<f32>) -> ({0}, {0}) {{
    return %g, %g : {0}, {0}
  }
  sinter.model @forward(%g: {0}) -> tensor<f32> {{
    %w = sinter.get @w : {0}
    %l = func.call @loss_of(%w, %g) : ({0}, {0}) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.loss @loss(%l: tensor<f32>) -> tensor<f32> {{
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam {{learning_rate = 0.001}
}
)",
                             tensor({elements}));
  return {formatv("adam/{0}", elements), text, std::nullopt, "train_step"};
}

KernelCase linearGelu(int64_t m, int64_t n, int64_t k) {
  std::string in = tensor({kBatch, k}), weight = tensor({n, k}), bias = tensor({n}), out = tensor({kBatch, n});
  std::string body = formatv("    %s = sinter.linear %a0, %a1, %a2 : ({0}, {1}, {2}) -> {3}\n"
                             "    %r0 = sinter.gelu %s : {3}",
                             in, weight, bias, out);
  return {formatv("linear_gelu/{0}x{1}x{2}", m, n, k), model(body, {in, weight, bias}, {out}), m};
}

KernelCase linearReluBackward(int64_t m, int64_t n, int64_t k) {
  // The gradient of sum(relu(linear(x)) * cotangent), as for layer norm.
  std::string in = tensor({kBatch, k}), weight = tensor({n, k}), bias = tensor({n}), out = tensor({kBatch, n});
  std::string energy = formatv("    %s = sinter.linear %a0, %a1, %a2 : ({0}, {1}, {2}) -> {3}\n"
                               "    %y = sinter.relu %s : {3}\n"
                               "    %p = sinter.mul %y, %a3 : {3}\n"
                               "    %e = sinter.reduce sum %p dims = [0, 1] : {3} -> tensor<f32>",
                               in, weight, bias, out);
  return {formatv("linear_relu_backward/{0}x{1}x{2}", m, n, k),
          gradientModel(energy, {in, weight, bias, out}, /*wanted=*/3, /*withValue=*/false), m};
}

} // namespace sinter::benchmarks
