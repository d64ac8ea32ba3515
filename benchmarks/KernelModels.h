// How is one kernel measured alone? As a model that does nothing else.
//
// The op under test is the model, its operands are inputs, so that the kernel is all of `predict`:
//
//   module @softmax {
//     sinter.parameter @unused : tensor<1xf32> = zeros
//     sinter.model @forward(%a0: tensor<?x64xf32>) -> tensor<?x64xf32> {
//       %r0 = sinter.softmax %a0 dim = 1 : tensor<?x64xf32>
//       sinter.return %r0 : tensor<?x64xf32>
//     }
//     sinter.loss ... the sum of @unused: training has nothing to do with the op
//     sinter.optimizer sgd
//   }
//
// A backward kernel is a model that returns gradients (`sinter.value_and_grad`). An optimizer is all of `train_step`
// when the loss is a constant whose gradient is an input. Where the compiler makes more than one kernel, the counter
// `launches` says so.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_BENCHMARKS_KERNELMODELS_H
#define SINTER_BENCHMARKS_KERNELMODELS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sinter::benchmarks {

struct KernelCase {
  std::string name;
  std::string text;            ///< of the model
  std::optional<int64_t> rows; ///< the batch, where an extent of the text is `?`
  const char *step = "predict";
};

/// Which operand of a product [m, n], of m x k and k x n, lies transposed in memory, and what training uses it for.
enum class Layout {
  NN, ///< input gradient: cotangent [m, k] times weight [k, n]
  NT, ///< forward: input [m, k] times weight [n, k] transposed
  TN, ///< weight gradient: cotangent [k, m] transposed times input [k, n]
  TT, ///< neither, for completeness; not batched
};
const char *nameOf(Layout layout);
inline bool leftTransposed(Layout layout) {
  return layout == Layout::TN || layout == Layout::TT;
}
inline bool rightTransposed(Layout layout) {
  return layout == Layout::NT || layout == Layout::TT;
}

/// What is multiplied: the operands, or what they are rounded to.
enum class Element { F32, BF16 };

/// m (NN, NT) or k (TN) is the batch if `batched`, as in training, else an extent known to the compiler. Operands are
/// f32; with BF16 both are rounded before, as in a layer of mixed precision.
struct Product {
  Layout layout;
  int64_t m, n, k;
  bool batched = true;
  Element element = Element::F32;
};
/// "product/NT/64x500x1000", or "product_bf16/...".
KernelCase product(const Product &product);
/// Takes the arguments `--product=NAME` out of the command line, where NAME is "NT/64x500x1000", "TT/8x8x8/static", or
/// such with "bf16/" in front. Fails with the first that is no product.
llvm::Expected<std::vector<Product>> takeProducts(int &argc, char **argv);

/// A matrix of rows x columns, written as columns x rows.
KernelCase transpose(int64_t rows, int64_t columns);
KernelCase softmax(int64_t rows, int64_t columns);
/// Exponentials by their sum: a softmax that looks for no maxima, so what these cost.
KernelCase softmaxUnshifted(int64_t rows, int64_t columns);
KernelCase layerNorm(int64_t rows, int64_t columns);
KernelCase layerNormBackward(int64_t rows, int64_t columns);
KernelCase biasGelu(int64_t rows, int64_t columns);
/// The sum over rows, as for the gradient of a bias.
KernelCase columnSum(int64_t rows, int64_t columns);
/// Softmax cross-entropy on class indices: loss and gradient.
KernelCase crossEntropy(int64_t rows, int64_t classes);
KernelCase adam(int64_t elements);

/// A kernel of rows by its name.
struct RowKernel {
  llvm::StringRef name;
  int64_t rows, columns;
};
/// Takes the arguments `--rows=NAME/ROWSxCOLUMNS` out of the command line, where NAME is one of `names`. Fails with the
/// first that is none.
llvm::Expected<std::vector<RowKernel>> takeRowKernels(int &argc, char **argv, llvm::ArrayRef<llvm::StringRef> names);

/// A layer of a transformer: product with a weight [n, k], bias and GELU.
KernelCase linearGelu(int64_t m, int64_t n, int64_t k);
/// The gradients of such a layer with ReLU with respect to its input, weight and bias.
KernelCase linearReluBackward(int64_t m, int64_t n, int64_t k);

} // namespace sinter::benchmarks

#endif // SINTER_BENCHMARKS_KERNELMODELS_H
