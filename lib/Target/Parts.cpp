// How is one module compiled by several threads?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Target/Emit.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/Cloning.h"

namespace sinter {
namespace {

/// More parts than that do not pay: each one starts passes and code generator anew.
constexpr unsigned kParts = 4;
/// Instructions that are worth a part of their own.
constexpr unsigned kInstructionsPerPart = 500;

using Bitcode = llvm::SmallVector<char, 0>;

/// The part of each function with a body: the largest first, each to the part with the least so far.
llvm::DenseMap<const llvm::GlobalValue *, unsigned> assignParts(llvm::Module &module, unsigned parts) {
  llvm::SmallVector<std::pair<unsigned, llvm::Function *>> functions; // with sizes
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      functions.emplace_back(function.getInstructionCount(), &function);
  llvm::sort(functions, [](const auto &a, const auto &b) {
    return a.first != b.first ? a.first > b.first : a.second->getName() < b.second->getName();
  });
  llvm::SmallVector<unsigned> load(parts, 0);
  llvm::DenseMap<const llvm::GlobalValue *, unsigned> partOf;
  for (auto [size, function] : functions) {
    auto least = llvm::min_element(load);
    *least += size;
    partOf[function] = least - load.begin();
  }
  return partOf;
}

/// Parts refer to each other's symbols; in the linked file they are as local as before.
void makeHidden(llvm::Module &module) {
  for (llvm::GlobalValue &value : module.global_values()) {
    if (!value.hasLocalLinkage())
      continue;
    value.setLinkage(llvm::GlobalValue::ExternalLinkage);
    value.setVisibility(llvm::GlobalValue::HiddenVisibility);
  }
}

Bitcode writePart(const llvm::Module &module, llvm::function_ref<bool(const llvm::GlobalValue *)> belongs) {
  llvm::ValueToValueMapTy values;
  std::unique_ptr<llvm::Module> part = llvm::CloneModule(module, values, belongs);
  Bitcode code;
  llvm::raw_svector_ostream stream(code);
  llvm::WriteBitcodeToFile(*part, stream);
  return code;
}

llvm::SmallVector<char, 0> compilePart(const Bitcode &code, llvm::TargetMachine &machine, unsigned optLevel) {
  llvm::LLVMContext context;
  llvm::MemoryBufferRef buffer(llvm::StringRef(code.data(), code.size()), "part");
  std::unique_ptr<llvm::Module> part = llvm::cantFail(llvm::parseBitcodeFile(buffer, context));
  optimize(*part, machine, optLevel);
  return generateCode(*part, machine, CodeFormat::Object);
}

} // namespace

std::vector<llvm::SmallVector<char, 0>>
generateObjectParts(llvm::Module &module, llvm::function_ref<std::unique_ptr<llvm::TargetMachine>()> makeMachine,
                    unsigned optLevel) {
  const unsigned parts = std::clamp(module.getInstructionCount() / kInstructionsPerPart, 1u, kParts);
  makeHidden(module);
  llvm::DenseMap<const llvm::GlobalValue *, unsigned> partOf = assignParts(module, parts);
  std::vector<llvm::SmallVector<char, 0>> objects(parts);
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(parts));
  // What is no function, tables and constants, is in part 0. While one part is compiled, the next is written.
  for (unsigned part = 0; part < parts; ++part) {
    auto code = std::make_shared<Bitcode>(
        writePart(module, [&](const llvm::GlobalValue *value) { return partOf.lookup(value) == part; }));
    pool.async([&, part, code] { objects[part] = compilePart(*code, *makeMachine(), optLevel); });
  }
  pool.wait();
  return objects;
}

} // namespace sinter
