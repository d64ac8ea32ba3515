// oneDNN (2.x and 3.x): products, and the row kernels for which it has primitives.
//
// A primitive is made for a number of threads, so the number is set before. Its scratch memory is ours and stays.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rivals.h"

#include <dnnl.hpp>

#include <cstdio>
#include <dlfcn.h>
#include <memory>
#include <unordered_map>

namespace sinter::benchmarks {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Arguments = std::unordered_map<int, memory>;
constexpr float kEpsilon = 1e-5f; // of layer norm, as the op's default
const auto kScaleAndShift = dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift;

dnnl::engine &engine() {
  static dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

dnnl::primitive_attr ownScratch(const dnnl::post_ops &after = {}) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  attributes.set_post_ops(after);
  return attributes;
}

// Version 3 did away with descriptors of operations, and moved a few arguments.
#if DNNL_VERSION_MAJOR >= 3
using Softmax = dnnl::softmax_forward;

template <typename Primitive, typename... Parts>
auto describe(const dnnl::primitive_attr &attributes, const Parts &...parts) {
  return typename Primitive::primitive_desc(engine(), parts..., attributes);
}
auto describeLayerNorm(dnnl::prop_kind kind, const memory::desc &rows) {
  return describe<dnnl::layer_normalization_forward>(ownScratch(), kind, rows, rows, kEpsilon, kScaleAndShift);
}
auto describeLayerNormBackward(const memory::desc &rows,
                               const dnnl::layer_normalization_forward::primitive_desc &forward) {
  return dnnl::layer_normalization_backward::primitive_desc(engine(), dnnl::prop_kind::backward, rows, rows, rows,
                                                            kEpsilon, kScaleAndShift, forward, ownScratch());
}
void appendGelu(dnnl::post_ops &after) {
  after.append_eltwise(dnnl::algorithm::eltwise_gelu_erf, 0.0f, 0.0f);
}
#else
using Softmax = dnnl::softmax_v2_forward;

template <typename Primitive, typename... Parts>
auto describe(const dnnl::primitive_attr &attributes, const Parts &...parts) {
  return typename Primitive::primitive_desc(typename Primitive::desc(parts...), attributes, engine());
}
auto describeLayerNorm(dnnl::prop_kind kind, const memory::desc &rows) {
  return describe<dnnl::layer_normalization_forward>(ownScratch(), kind, rows, kEpsilon, kScaleAndShift);
}
auto describeLayerNormBackward(const memory::desc &rows,
                               const dnnl::layer_normalization_forward::primitive_desc &forward) {
  using Backward = dnnl::layer_normalization_backward;
  return Backward::primitive_desc(Backward::desc(dnnl::prop_kind::backward, rows, rows, kEpsilon, kScaleAndShift),
                                  ownScratch(), engine(), forward);
}
void appendGelu(dnnl::post_ops &after) {
  after.append_eltwise(1.0f, dnnl::algorithm::eltwise_gelu_erf, 0.0f, 0.0f);
}
#endif

using Type = memory::data_type;

memory::desc matrix(int64_t rows, int64_t columns, Tag tag = Tag::ab, Type type = Type::f32) {
  return {{rows, columns}, type, tag};
}
memory::desc vectorOf(int64_t extent) {
  return {{extent}, memory::data_type::f32, Tag::a};
}

/// The call of a primitive whose arguments are complete but for the scratch memory.
template <typename Description>
std::function<void()> callOf(const dnnl::primitive &primitive, const Description &description, Arguments arguments) {
  arguments[DNNL_ARG_SCRATCHPAD] = memory(description.scratchpad_desc(), engine());
  auto stream = std::make_shared<dnnl::stream>(engine());
  return [=] {
    primitive.execute(*stream, arguments);
    stream->wait();
  };
}

//===-- Products -------------------------------------------------------------------------------------------------===//

std::function<void()> matmul(const Operation &o, bool packed) {
  memory::desc left = matrix(o.m, o.k, o.leftTransposed ? Tag::ba : Tag::ab);
  memory::desc right = matrix(o.k, o.n, o.rightTransposed ? Tag::ba : Tag::ab), result = matrix(o.m, o.n);
  auto description = describe<dnnl::matmul>(ownScratch(), left, packed ? matrix(o.k, o.n, Tag::any) : right, result);
  memory weight(right, engine(), o.inputs[1]);
  if (description.weights_desc() != right) {
    memory plain = weight;
    weight = memory(description.weights_desc(), engine());
    dnnl::stream stream(engine());
    dnnl::reorder(plain, weight).execute(stream, plain, weight);
    stream.wait();
  }
  return callOf(dnnl::matmul(description), description,
                {{DNNL_ARG_SRC, memory(left, engine(), o.inputs[0])},
                 {DNNL_ARG_WEIGHTS, weight},
                 {DNNL_ARG_DST, memory(result, engine(), o.outputs[0])}});
}

/// Operands are rounded in each call, each to its own memory, or have been before.
std::function<void()> matmulOfBF16(const Operation &o, bool roundedBefore) {
  const Tag leftTag = o.leftTransposed ? Tag::ba : Tag::ab, rightTag = o.rightTransposed ? Tag::ba : Tag::ab;
  memory::desc left = matrix(o.m, o.k, leftTag, Type::bf16), right = matrix(o.k, o.n, rightTag, Type::bf16),
               result = matrix(o.m, o.n);
  auto description = describe<dnnl::matmul>(ownScratch(), left, right, result);
  memory operands[] = {memory(matrix(o.m, o.k, leftTag), engine(), o.inputs[0]),
                       memory(matrix(o.k, o.n, rightTag), engine(), o.inputs[1])};
  memory rounded[] = {memory(left, engine()), memory(right, engine())};
  std::vector<std::function<void()>> steps;
  for (int i : {0, 1}) {
    dnnl::reorder::primitive_desc rounding(operands[i], rounded[i], ownScratch());
    auto round = callOf(dnnl::reorder(rounding), rounding, {{DNNL_ARG_FROM, operands[i]}, {DNNL_ARG_TO, rounded[i]}});
    if (roundedBefore)
      round();
    else
      steps.push_back(round);
  }
  steps.push_back(callOf(dnnl::matmul(description), description,
                         {{DNNL_ARG_SRC, rounded[0]},
                          {DNNL_ARG_WEIGHTS, rounded[1]},
                          {DNNL_ARG_DST, memory(result, engine(), o.outputs[0])}}));
  return [=] {
    for (const auto &step : steps)
      step();
  };
}

std::function<void()> sgemm(const Operation &o) {
  return [=] {
    dnnl::sgemm(o.leftTransposed ? 'T' : 'N', o.rightTransposed ? 'T' : 'N', o.m, o.n, o.k, 1.0f, o.inputs[0],
                o.leftTransposed ? o.m : o.k, o.inputs[1], o.rightTransposed ? o.k : o.n, 0.0f, o.outputs[0], o.n);
  };
}

//===-- Rows -----------------------------------------------------------------------------------------------------===//

std::function<void()> softmax(const Operation &o) {
  memory::desc rows = matrix(o.m, o.n);
  auto description = describe<Softmax>(ownScratch(), dnnl::prop_kind::forward_inference,
                                       dnnl::algorithm::softmax_accurate, rows, rows, /*axis=*/1);
  return callOf(
      Softmax(description), description,
      {{DNNL_ARG_SRC, memory(rows, engine(), o.inputs[0])}, {DNNL_ARG_DST, memory(rows, engine(), o.outputs[0])}});
}

Arguments layerNormInputs(const Operation &o) {
  return {{DNNL_ARG_SRC, memory(matrix(o.m, o.n), engine(), o.inputs[0])},
          {DNNL_ARG_SCALE, memory(vectorOf(o.n), engine(), o.inputs[1])},
          {DNNL_ARG_SHIFT, memory(vectorOf(o.n), engine(), o.inputs[2])}};
}

std::function<void()> layerNorm(const Operation &o) {
  memory::desc rows = matrix(o.m, o.n);
  auto description = describeLayerNorm(dnnl::prop_kind::forward_inference, rows);
  Arguments arguments = layerNormInputs(o);
  arguments[DNNL_ARG_DST] = memory(rows, engine(), o.outputs[0]);
  return callOf(dnnl::layer_normalization_forward(description), description, arguments);
}

/// Mean and variance are those that a forward pass has left; ours computes them anew.
std::function<void()> layerNormBackward(const Operation &o) {
  memory::desc rows = matrix(o.m, o.n);
  auto forward = describeLayerNorm(dnnl::prop_kind::forward_training, rows);
  memory mean(forward.mean_desc(), engine()), variance(forward.variance_desc(), engine()), result(rows, engine());
  Arguments arguments = layerNormInputs(o);
  arguments[DNNL_ARG_MEAN] = mean;
  arguments[DNNL_ARG_VARIANCE] = variance;
  arguments[DNNL_ARG_DST] = result;
  callOf(dnnl::layer_normalization_forward(forward), forward, arguments)();

  auto description = describeLayerNormBackward(rows, forward);
  arguments.erase(DNNL_ARG_DST);
  arguments[DNNL_ARG_DIFF_DST] = memory(rows, engine(), o.inputs[3]);
  arguments[DNNL_ARG_DIFF_SRC] = memory(rows, engine(), o.outputs[0]);
  arguments[DNNL_ARG_DIFF_SCALE] = memory(vectorOf(o.n), engine(), o.outputs[1]);
  arguments[DNNL_ARG_DIFF_SHIFT] = memory(vectorOf(o.n), engine(), o.outputs[2]);
  return callOf(dnnl::layer_normalization_backward(description), description, arguments);
}

/// An addition with GELU behind it: one pass over the rows.
std::function<void()> biasGelu(const Operation &o) {
  memory::desc rows = matrix(o.m, o.n), bias = matrix(1, o.n);
  dnnl::post_ops after;
  appendGelu(after);
  auto description = describe<dnnl::binary>(ownScratch(after), dnnl::algorithm::binary_add, rows, bias, rows);
  return callOf(dnnl::binary(description), description,
                {{DNNL_ARG_SRC_0, memory(rows, engine(), o.inputs[0])},
                 {DNNL_ARG_SRC_1, memory(bias, engine(), o.inputs[1])},
                 {DNNL_ARG_DST, memory(rows, engine(), o.outputs[0])}});
}

//===-- The table ------------------------------------------------------------------------------------------------===//

enum class Form { Plain, Sgemm, Packed, Rounded };

bool supports(const Operation &operation, Form form) {
  switch (form) {
  case Form::Plain:
    return operation.kind != Operation::Other;
  case Form::Sgemm:
    return operation.kind == Operation::Product && !operation.roundsToBF16;
  case Form::Rounded: // a model has f32 parameters; activations may be bf16 already
    return operation.kind == Operation::Product && operation.roundsToBF16;
  case Form::Packed: // what is transposed on the left is a gradient, and both operands are new in each step
    return operation.kind == Operation::Product && !operation.roundsToBF16 && !operation.leftTransposed;
  }
  return false;
}

std::function<void()> makeCall(const Operation &operation, Form form) {
  switch (operation.kind) {
  case Operation::Product:
    if (operation.roundsToBF16)
      return matmulOfBF16(operation, form == Form::Rounded);
    return form == Form::Sgemm ? sgemm(operation) : matmul(operation, form == Form::Packed);
  case Operation::Softmax:
    return softmax(operation);
  case Operation::LayerNorm:
    return layerNorm(operation);
  case Operation::LayerNormBackward:
    return layerNormBackward(operation);
  case Operation::BiasGelu:
    return biasGelu(operation);
  case Operation::Other:
    break;
  }
  return nullptr;
}

/// Debian's library runs on OpenMP; whichever OpenMP it is linked with is asked.
void setOpenMpThreads(int count) {
  static auto set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  if (set)
    set(count);
}

std::string versionText() {
  const dnnl::version_t *version = dnnl::version();
  char text[80];
  std::snprintf(text, sizeof(text), "oneDNN %d.%d.%d, instruction set 0x%x%s", version->major, version->minor,
                version->patch, static_cast<unsigned>(dnnl::get_effective_cpu_isa()),
                version->cpu_runtime == DNNL_RUNTIME_OMP ? ", OpenMP" : ", not OpenMP: threads are not set");
  return text;
}

Rival rival(const char *name, Form form) {
  Rival rival;
  rival.name = name;
  rival.version = versionText();
  rival.setThreads = setOpenMpThreads;
  rival.supports = [form](const Operation &operation) { return supports(operation, form); };
  rival.prepare = [form](const Operation &operation) {
    Prepared prepared;
    try {
      prepared.call = makeCall(operation, form);
      prepared.call();
    } catch (const std::exception &failure) {
      prepared.error = failure.what();
    }
    return prepared;
  };
  return rival;
}

} // namespace

std::vector<Rival> oneDnn() {
  return {rival("onednn", Form::Plain), rival("onednn_sgemm", Form::Sgemm), rival("onednn_packed", Form::Packed),
          rival("onednn_rounded", Form::Rounded)};
}

} // namespace sinter::benchmarks
