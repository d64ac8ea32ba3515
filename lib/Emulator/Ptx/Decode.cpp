// How does a parsed module become a program: variables laid out, functions decoded?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decoder.h"
#include "Machine.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace sinter::emulator {

static const DecodeTable &decodeTable() {
  static const DecodeTable table = [] {
    DecodeTable made;
    addIntegerInstructions(made);
    addBitInstructions(made);
    addFloatInstructions(made);
    addCompareInstructions(made);
    addConvertInstructions(made);
    addMoveInstructions(made);
    addMemoryInstructions(made);
    addAtomicInstructions(made);
    addControlInstructions(made);
    addWarpInstructions(made);
    addBarrierInstructions(made);
    addCopyInstructions(made);
    addMbarrierInstructions(made);
    addMatrixInstructions(made);
    addWarpgroupInstructions(made);
    return made;
  }();
  return table;
}

std::vector<std::string> instructionNames() {
  std::vector<std::string> names;
  for (const auto &entry : decodeTable())
    names.push_back(entry.first);
  std::sort(names.begin(), names.end());
  return names;
}

static uint64_t alignTo(uint64_t value, uint64_t align) {
  return (value + align - 1) / align * align;
}

//===----------------------------------------------------------------------===//
// Variables of the module
//===----------------------------------------------------------------------===//

/// .global and .const variables get host memory of their own.
static void placeInMemory(const syntax::Variable &variable, Program &program, DeviceMemory &memory) {
  uint64_t size = std::max<uint64_t>(variable.size(), 1), align = std::max<uint64_t>(variable.align, 256);
  auto storage = std::make_unique<uint8_t[]>(size + align);
  uint64_t address = alignTo(reinterpret_cast<uint64_t>(storage.get()), align);
  std::copy(variable.initial.begin(), variable.initial.end(), reinterpret_cast<uint8_t *>(address));
  memory.add(reinterpret_cast<void *>(address), size,
             variable.space == Space::Const ? DeviceMemory::ReadOnly : DeviceMemory::ReadWrite);
  program.storage.push_back(std::move(storage));
  program.variables[variable.name] = {variable.space, address, variable.size()};
}

static void fillAddresses(const syntax::Variable &variable, const Program &program) {
  for (const auto &[offset, name] : variable.addresses) {
    auto target = program.variables.find(name);
    if (target == program.variables.end() || bytesOf(variable.type) != 8)
      throw Error("PTX line " + std::to_string(variable.line) + ": variable '" + variable.name +
                  "': expected the 64-bit address of a .global or .const variable, found '" + name + "'");
    auto *place = reinterpret_cast<uint8_t *>(program.variables.at(variable.name).address + offset);
    uint64_t address;
    memcpy(&address, place, sizeof address);
    address += target->second.address;
    memcpy(place, &address, sizeof address);
  }
}

static void placeModuleVariables(Program &program, DeviceMemory &memory) {
  for (const syntax::Variable &variable : program.syntax.variables) {
    if (program.variables.count(variable.name))
      throw Error("PTX line " + std::to_string(variable.line) + ": variable '" + variable.name + "' is defined twice");
    if (variable.space == Space::Global || variable.space == Space::Const)
      placeInMemory(variable, program, memory);
    else if (variable.space != Space::Shared)
      throw Error("PTX line " + std::to_string(variable.line) + ": variable '" + variable.name +
                  "': expected .global, .const or .shared outside of functions");
  }
  for (const syntax::Variable &variable : program.syntax.variables)
    if (variable.space != Space::Shared)
      fillAddresses(variable, program);
}

//===----------------------------------------------------------------------===//
// Variables of a function
//===----------------------------------------------------------------------===//

static uint64_t placeAfter(uint32_t &bytes, const syntax::Variable &variable) {
  uint64_t offset = alignTo(bytes, variable.align);
  bytes = static_cast<uint32_t>(offset + variable.size());
  return offset;
}

static void placeParameters(const std::vector<syntax::Variable> &parameters, bool isKernel, Function &function,
                            std::vector<std::string> &names) {
  for (const syntax::Variable &parameter : parameters) {
    uint64_t offset = placeAfter(function.parameterBytes, parameter);
    function.variables[parameter.name] = {Space::Param, offset, parameter.size(), isKernel};
    names.push_back(parameter.name);
  }
}

static void placeLocals(Function &function) {
  for (const syntax::Variable &variable : function.source->variables) {
    if (variable.space == Space::Local)
      function.variables[variable.name] = {Space::Local, placeAfter(function.localBytes, variable), variable.size()};
    else if (variable.space == Space::Param)
      function.variables[variable.name] = {Space::Param, placeAfter(function.parameterBytes, variable),
                                           variable.size()};
    else if (variable.space != Space::Shared)
      throw Error("PTX line " + std::to_string(variable.line) + ": variable '" + variable.name +
                  "': expected .local, .shared or .param in a function");
  }
}

static bool mentions(const syntax::Operand &operand, const std::string &name) {
  if (operand.kind == syntax::Operand::Name && operand.name == name)
    return true;
  return std::any_of(operand.elements.begin(), operand.elements.end(),
                     [&](const syntax::Operand &element) { return mentions(element, name); });
}

static bool mentions(const syntax::Function &function, const std::string &name) {
  for (const syntax::Statement &statement : function.statements)
    for (const syntax::Operand &operand : statement.operands)
      if (mentions(operand, name))
        return true;
  return false;
}

/// Only what a function mentions takes shared memory. Device functions come first and share one layout, which stands
/// in front of what each kernel has of its own.
static void placeShared(Program &program, Function &function) {
  bool isKernel = function.source->isEntry;
  function.staticSharedBytes = program.commonSharedBytes;
  auto place = [&](const syntax::Variable &variable, bool everywhere) {
    if (variable.space != Space::Shared || function.variables.count(variable.name) ||
        (everywhere && !mentions(*function.source, variable.name)))
      return;
    auto known = program.variables.find(variable.name);
    if (known != program.variables.end()) // placed for a device function
      return;
    Placement placement{Space::Shared, 0, variable.size()};
    placement.dynamicShared = variable.unsized;
    if (!variable.unsized)
      placement.address = sharedBase + placeAfter(function.staticSharedBytes, variable);
    (isKernel ? function.variables : program.variables)[variable.name] = placement;
  };
  for (const syntax::Variable &variable : program.syntax.variables)
    place(variable, true);
  for (const syntax::Variable &variable : function.source->variables)
    place(variable, false);
  if (!isKernel)
    program.commonSharedBytes = function.staticSharedBytes;
}

/// Dynamic shared memory begins behind the static part, as strictly aligned as any variable of it asks for.
static void placeDynamicShared(const Program &program, Function &function) {
  uint64_t align = 16;
  for (const syntax::Variable &variable : program.syntax.variables)
    if (variable.space == Space::Shared && variable.unsized)
      align = std::max(align, variable.align);
  function.dynamicSharedOffset = static_cast<uint32_t>(alignTo(sharedBase + function.staticSharedBytes, align));
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

static void decodeFunction(Program &program, uint32_t index) {
  Function &function = program.functions[index];
  placeParameters(function.source->results, false, function, function.resultNames);
  placeParameters(function.source->parameters, function.source->isEntry, function, function.parameterNames);
  uint32_t kernelBytes = function.parameterBytes;
  if (function.source->isEntry)
    function.parameterBytes = 0; // the parameters of its calls are numbered apart from its own
  placeLocals(function);
  placeShared(program, function);
  FrameLayout frame(function);
  for (const syntax::Register &reg : function.source->registers)
    function.registers.push_back({frame.place(bitsOf(reg.type)), static_cast<uint16_t>(bitsOf(reg.type))});
  function.entry = static_cast<uint32_t>(program.code.size());
  for (size_t i = 0; i < function.source->statements.size(); ++i)
    Decoder(program, index, frame, static_cast<int>(i)).run(decodeTable());
  program.code.push_back(implicitReturn());
  function.end = static_cast<uint32_t>(program.code.size());
  placeDynamicShared(program, function);
  function.isDecoded = true;
  if (!function.source->isEntry)
    return;
  KernelInfo info;
  for (const std::string &name : function.parameterNames) {
    const Placement &placement = function.variables.at(name);
    info.parameters.push_back({static_cast<uint32_t>(placement.address), static_cast<uint32_t>(placement.size)});
  }
  info.parameterBytes = kernelBytes;
  info.staticSharedBytes = function.staticSharedBytes;
  info.localBytes = function.localBytes;
  for (const auto &counts : {function.source->maxThreads, function.source->requiredThreads})
    if (counts[0])
      info.maxThreads = std::min(info.maxThreads, counts[0] * counts[1] * counts[2]);
  info.registers = static_cast<uint32_t>(std::min<size_t>(function.source->registers.size(), 255));
  program.kernels[function.source->name] = info;
}

static void indexFunctions(Program &program) {
  for (uint32_t i = 0; i < program.syntax.functions.size(); ++i) {
    const syntax::Function &function = program.syntax.functions[i];
    auto [entry, isNew] = program.functionIndex.insert({function.name, i});
    if (!isNew && function.isDefined) {
      if (program.syntax.functions[entry->second].isDefined)
        throw Error("PTX line " + std::to_string(function.line) + ": function '" + function.name +
                    "' is defined twice");
      entry->second = i;
    }
  }
  program.functions.resize(program.syntax.functions.size());
  for (uint32_t i = 0; i < program.functions.size(); ++i)
    program.functions[i].source = &program.syntax.functions[i];
}

std::unique_ptr<Program> decode(syntax::Module syntax, DeviceMemory &memory) {
  auto program = std::make_unique<Program>();
  program->syntax = std::move(syntax);
  indexFunctions(*program);
  try {
    placeModuleVariables(*program, memory);
    for (bool kernels : {false, true})
      for (uint32_t i = 0; i < program->functions.size(); ++i)
        if (program->syntax.functions[i].isDefined && program->syntax.functions[i].isEntry == kernels)
          decodeFunction(*program, i);
  } catch (...) {
    for (const auto &[name, placement] : program->variables)
      if (placement.space == Space::Global || placement.space == Space::Const)
        memory.remove(reinterpret_cast<void *>(placement.address));
    throw;
  }
  return program;
}

const Function &Program::functionAt(uint32_t pc) const {
  for (const Function &function : functions)
    if (function.isDecoded && pc >= function.entry && pc < function.end)
      return function;
  return functions.front();
}

} // namespace sinter::emulator
