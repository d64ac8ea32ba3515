// What does a C program include to use a compiled model?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Target/CHeader.h"
#include "sinter/Conversion/SinterToLLVM/IoTables.h"
#include "sinter/Conversion/SinterToLLVM/Passes.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace sinter {
namespace {

/// What the runtime's headers declare, for programs that see only this file. @ is the model's name.
constexpr StringLiteral kRuntimeDeclarations = R"(#include <stddef.h>
#include <stdint.h>

#if defined(__has_include)
#if __has_include("sinter-rt/sinter.h")
#include "sinter-rt/sinter.h"
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

#ifndef SINTER_RT_SINTER_H /* the part of it that is needed here */
#ifndef SINTER_RT_DECLARED_BY_MODEL
#define SINTER_RT_DECLARED_BY_MODEL
typedef struct sinter_artifact sinter_artifact;
typedef struct sinter_model sinter_model;
typedef struct sinter_tensor_info sinter_tensor_info;
typedef struct sinter_key_value sinter_key_value;
typedef struct sinter_file sinter_file;
typedef int sinter_status; /* 0 is success */
sinter_status sinter_model_create(const sinter_artifact *artifact, int threads, sinter_model **model);
void sinter_model_destroy(sinter_model *model);
sinter_status sinter_model_init(sinter_model *model, int64_t seed);
sinter_status sinter_model_train_step(sinter_model *model, const void *const *inputs, const void *const *targets,
                                      int64_t rows, double learning_rate, double *loss);
sinter_status sinter_model_eval_step(sinter_model *model, const void *const *inputs, const void *const *targets,
                                     void *const *outputs, int64_t rows, double *loss);
sinter_status sinter_model_predict(sinter_model *model, const void *const *inputs, void *const *outputs, int64_t rows);
void *sinter_model_tensor(sinter_model *model, const char *name, const sinter_tensor_info **info);
sinter_status sinter_model_save(const sinter_model *model, const char *path, const sinter_key_value *metadata,
                                size_t metadata_count);
sinter_status sinter_model_load(sinter_model *model, const char *path, uint32_t flags, sinter_file **file);
const char *sinter_last_error(void);
#endif
#endif

extern const sinter_artifact @_artifact;

typedef sinter_model @_model;

/* Every function that returns an int returns 0, or a status whose message is in @_last_error(). */
static inline const char *@_last_error(void) { return sinter_last_error(); }

/* threads: 0 is one per processor. */
static inline int @_create(int threads, @_model **model) {
  return (int)sinter_model_create(&@_artifact, threads, model);
}
static inline void @_destroy(@_model *model) { sinter_model_destroy(model); }

/* Writes the initial parameters. */
static inline int @_init(@_model *model, int64_t seed) { return (int)sinter_model_init(model, seed); }

/* A tensor of the state by its name (see the table above); NULL if there is none. It may be read and written. */
static inline void *@_parameter(@_model *model, const char *name) { return sinter_model_tensor(model, name, NULL); }

/* A checkpoint: all of the state, in safetensors format. */
static inline int @_save(const @_model *model, const char *path) {
  return (int)sinter_model_save(model, path, NULL, 0);
}
static inline int @_load(@_model *model, const char *path) { return (int)sinter_model_load(model, path, 0, NULL); }
)";

StringRef cType(Type type) {
  if (type.isF32())
    return "float";
  if (type.isF64())
    return "double";
  if (type.isInteger(32))
    return "int32_t";
  return type.isInteger(64) ? "int64_t" : "uint8_t";
}

/// "f32[500, 1000]", the batch as "batch".
std::string describe(RankedTensorType type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << type.getElementType() << '[';
  llvm::interleaveComma(type.getShape(), stream, [&](int64_t extent) {
    if (ShapedType::isDynamic(extent))
      stream << "batch";
    else
      stream << extent;
  });
  stream << ']';
  return text;
}

class HeaderWriter {
public:
  HeaderWriter(ModuleOp module, const IoTables &io, StringRef version)
      : module(module), io(io), version(version), prefix(artifactPrefix(module)), upper(StringRef(prefix).upper()),
        stream(text) {}

  std::string write() {
    writeIntroduction();
    writeConstants();
    std::string declarations = kRuntimeDeclarations.str();
    for (size_t at; (at = declarations.find('@')) != std::string::npos;)
      declarations.replace(at, 1, prefix);
    stream << declarations << '\n';
    writeSteps();
    stream << "#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << upper << "_H */\n";
    return text;
  }

private:
  int64_t number(StringRef attribute) {
    auto value = module->getAttrOfType<IntegerAttr>(attribute);
    return value ? value.getInt() : 0;
  }

  void writeIntroduction() {
    stream << "/* " << prefix << ": a training step, compiled by " << version << ".\n *\n";
    auto list = [&](StringRef title, ArrayRef<IoEntry> entries) {
      for (const IoEntry &entry : entries)
        stream << " * " << title << " " << entry.name << ": " << describe(entry.type) << "\n";
    };
    list("input ", io.inputs);
    list("target", io.targets);
    list("output", io.outputs);
    stream << " *\n * State, by name (arrays are row-major, without gaps):\n";
    for (StateSlot &slot : slots)
      stream << " *   " << slot.op.getName() << ": " << describe(cast<RankedTensorType>(slot.op.getType())) << "\n";
    stream << " *\n * Link with the shared library, or with the object file and libsinter_rt. */\n";
    stream << "#ifndef " << upper << "_H\n#define " << upper << "_H\n\n";
  }

  void writeConstants() {
    stream << "#define " << upper << "_BATCH " << number(kBatchAttr) << " /* largest number of rows of a call */\n";
    stream << "#define " << upper << "_STATE_BYTES " << number(kStateBytesAttr) << "\n";
    stream << "#define " << upper << "_SCRATCH_BYTES " << number(kScratchBytesAttr) << "\n";
    for (ArrayRef<IoEntry> entries : {ArrayRef(io.inputs), ArrayRef(io.targets), ArrayRef(io.outputs)})
      for (const IoEntry &entry : entries)
        stream << "#define " << upper << "_" << StringRef(cIdentifier(entry.name)).upper() << "_SIZE "
               << tensorBytes(entry.type, /*batch=*/1) / elementBytes(entry.type.getElementType())
               << " /* elements of a row */\n";
    stream << "\n";
  }

  void parameters(ArrayRef<IoEntry> entries, bool writable) {
    for (const IoEntry &entry : entries)
      stream << ", " << (writable ? "" : "const ") << cType(entry.type.getElementType()) << " *"
             << cIdentifier(entry.name);
  }

  void pointers(StringRef name, ArrayRef<IoEntry> entries, bool writable) {
    stream << "  " << (writable ? "void *const " : "const void *const ") << name << "[] = {";
    llvm::interleaveComma(entries, stream, [&](const IoEntry &entry) { stream << cIdentifier(entry.name); });
    stream << (entries.empty() ? "NULL};\n" : "};\n");
  }

  void writeSteps() {
    if (hasStep("train_step")) {
      stream << "/* Trains on `rows` rows (1 to " << upper
             << "_BATCH); the loss before the update, if `loss_out` is not NULL. */\n"
             << "static inline int " << prefix << "_train_step(" << prefix << "_model *model";
      parameters(io.inputs, false);
      parameters(io.targets, false);
      stream << ", int64_t rows, double learning_rate, double *loss_out) {\n";
      pointers("inputs_", io.inputs, false);
      pointers("targets_", io.targets, false);
      stream
          << "  return (int)sinter_model_train_step(model, inputs_, targets_, rows, learning_rate, loss_out);\n}\n\n";
    }
    if (hasStep("eval_step")) {
      stream << "/* Outputs and loss, without an update. */\nstatic inline int " << prefix << "_eval_step(" << prefix
             << "_model *model";
      parameters(io.inputs, false);
      parameters(io.targets, false);
      parameters(io.outputs, true);
      stream << ", int64_t rows, double *loss_out) {\n";
      pointers("inputs_", io.inputs, false);
      pointers("targets_", io.targets, false);
      pointers("outputs_", io.outputs, true);
      stream << "  return (int)sinter_model_eval_step(model, inputs_, targets_, outputs_, rows, loss_out);\n}\n\n";
    }
    if (hasStep("predict")) {
      stream << "static inline int " << prefix << "_predict(" << prefix << "_model *model";
      parameters(io.inputs, false);
      parameters(io.outputs, true);
      stream << ", int64_t rows) {\n";
      pointers("inputs_", io.inputs, false);
      pointers("outputs_", io.outputs, true);
      stream << "  return (int)sinter_model_predict(model, inputs_, outputs_, rows);\n}\n\n";
    }
  }

  bool hasStep(StringRef name) { return module.lookupSymbol(name) != nullptr; }

  ModuleOp module;
  const IoTables &io;
  StringRef version;
  std::string prefix, upper;
  SmallVector<StateSlot> slots = layoutState(module);
  std::string text;
  llvm::raw_string_ostream stream;
};

} // namespace

FailureOr<std::string> makeCHeader(ModuleOp module, StringRef compilerVersion) {
  FailureOr<IoTables> io = collectIo(module);
  if (failed(io))
    return failure();
  return HeaderWriter(module, *io, compilerVersion).write();
}

} // namespace sinter
