// How are modifiers and operands of an instruction resolved? See Decoder.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decoder.h"
#include "StatementParser.h"

#include <cstring>

namespace sinter::emulator {

using syntax::Operand;

//===----------------------------------------------------------------------===//
// The frame
//===----------------------------------------------------------------------===//

/// Predicates take one bit for each lane; everything is aligned for vectors of the host.
uint32_t FrameLayout::place(unsigned bits) {
  uint32_t offset = function.frameBytes;
  uint32_t bytes = bits == 1 ? 4 : warpSize * bits / 8;
  function.frameBytes += (bytes + 63) / 64 * 64;
  return offset;
}

uint32_t FrameLayout::constant(unsigned bits, uint64_t value, Constant::Kind kind) {
  auto [entry, isNew] = constants.insert({{bits, value, kind}, 0});
  if (isNew) {
    entry->second = place(bits);
    function.constants.push_back({entry->second, static_cast<uint16_t>(bits), value, kind});
  }
  return entry->second;
}

uint32_t FrameLayout::special(Special special, unsigned bits) {
  auto [entry, isNew] = specials.insert({{static_cast<int>(special), bits}, 0});
  if (isNew) {
    entry->second = place(bits);
    function.specials.push_back({entry->second, static_cast<uint16_t>(bits), special});
  }
  return entry->second;
}

//===----------------------------------------------------------------------===//
// Modifiers
//===----------------------------------------------------------------------===//

Decoder::Decoder(Program &program, uint32_t functionIndex, FrameLayout &frame, int statementIndex)
    : program(program), functionIndex(functionIndex), frame(frame), function(program.syntax.functions[functionIndex]),
      statement(function.statements[statementIndex]), statementIndex(statementIndex), taken(statement.opcode.size()) {
  taken[0] = true;
}

bool Decoder::has(const char *modifier) const {
  for (size_t i = 1; i < taken.size(); ++i)
    if (!taken[i] && statement.opcode[i] == modifier)
      return true;
  return false;
}

bool Decoder::take(const char *modifier) {
  for (size_t i = 1; i < taken.size(); ++i)
    if (!taken[i] && statement.opcode[i] == modifier) {
      taken[i] = true;
      return true;
    }
  return false;
}

void Decoder::ignore(std::initializer_list<const char *> modifiers) {
  for (const char *modifier : modifiers)
    take(modifier);
}

unsigned Decoder::takeOneOf(std::initializer_list<const char *> modifiers) {
  unsigned index = 0;
  std::string names;
  for (const char *modifier : modifiers) {
    if (take(modifier))
      return index;
    names += (index++ ? ", ." : ".") + std::string(modifier);
  }
  fail("expected one of the modifiers " + names);
}

std::optional<Type> Decoder::tryType() {
  for (size_t i = 1; i < taken.size(); ++i)
    if (!taken[i])
      if (auto type = typeNamed(statement.opcode[i])) {
        taken[i] = true;
        return type;
      }
  return std::nullopt;
}

Type Decoder::takeType() {
  if (auto type = tryType())
    return *type;
  fail("expected a type among the modifiers");
}

std::string Decoder::takePrefixed(const char *prefix) {
  for (size_t i = 1; i < taken.size(); ++i)
    if (!taken[i] && statement.opcode[i].compare(0, strlen(prefix), prefix) == 0) {
      taken[i] = true;
      return statement.opcode[i];
    }
  return "";
}

std::string Decoder::remaining() const {
  std::string text;
  for (size_t i = 1; i < taken.size(); ++i)
    if (!taken[i])
      text += "." + statement.opcode[i];
  return text;
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

const Operand &Decoder::operand(size_t index) const {
  if (index >= statement.operands.size())
    fail("expected at least " + std::to_string(index + 1) + " operands, found " +
         std::to_string(statement.operands.size()));
  return statement.operands[index];
}

void Decoder::expectOperands(size_t least, size_t most) {
  size_t found = statement.operands.size();
  if (found < least || found > most)
    fail("expected " + std::to_string(least) + (most > least ? " to " + std::to_string(most) : "") +
         " operands, found " + std::to_string(found));
}

static std::string spellType(Type type) {
  return std::string(".") + nameOf(type);
}

unsigned Decoder::registerBits(const Operand &operand) const {
  return operand.kind == Operand::Register ? bitsOf(function.registers[operand.reg].type) : 0;
}

uint32_t Decoder::literal(const Operand &operand, Type type) {
  unsigned bits = bitsOf(type);
  uint64_t value = operand.bits;
  if (operand.kind == Operand::Float64 && bits == 32 && type != Type::F16x2 && type != Type::BF16x2) {
    double wide;
    memcpy(&wide, &value, sizeof wide);
    float narrow = static_cast<float>(wide);
    value = 0;
    memcpy(&value, &narrow, sizeof narrow);
  } else if (operand.kind == Operand::Float32 && bits == 64) {
    float narrow;
    uint32_t low = static_cast<uint32_t>(value);
    memcpy(&narrow, &low, sizeof narrow);
    double wide = narrow;
    memcpy(&value, &wide, sizeof wide);
  } else if (operand.kind != Operand::Integer && bits < 32)
    failOperand(operand, "an integer literal for " + spellType(type));
  if (bits == 1)
    value = value ? 1 : 0;
  else if (bits < 64)
    value &= (uint64_t(1) << bits) - 1;
  return frame.constant(bits, value);
}

const Placement *Decoder::placementOf(const std::string &name) const {
  const auto &own = program.functions[functionIndex].variables;
  auto found = own.find(name);
  if (found != own.end())
    return &found->second;
  auto global = program.variables.find(name);
  return global == program.variables.end() ? nullptr : &global->second;
}

/// The address of a variable, or a special register.
uint32_t Decoder::named(const Operand &operand, unsigned bits) {
  if (auto special = specialNamed(operand.name)) {
    if (special->second != bits && !(special->second == 32 && bits == 16) && !(special->second == 32 && bits == 64))
      failOperand(operand, "a special register of " + std::to_string(bits) + " bits");
    return frame.special(special->first, bits);
  }
  const Placement *placement = placementOf(operand.name);
  if (!placement)
    failOperand(operand, "a register, variable or number");
  if (bits < 32)
    failOperand(operand, "a value of " + std::to_string(bits) + " bits, not an address");
  Constant::Kind kind = placement->space == Space::Local ? Constant::LocalAddress
                        : placement->dynamicShared       ? Constant::DynamicShared
                                                         : Constant::Plain;
  return frame.constant(bits, placement->address + static_cast<uint64_t>(operand.offset), kind);
}

uint32_t Decoder::source(const Operand &operand, Type type) {
  unsigned bits = bitsOf(type);
  switch (operand.kind) {
  case Operand::Register:
    if (registerBits(operand) != bits)
      failOperand(operand, "a register of " + std::to_string(bits) + " bits for " + spellType(type));
    noteRead(operand.reg);
    return decoded().registers[operand.reg].offset;
  case Operand::Integer:
  case Operand::Float32:
  case Operand::Float64:
    return literal(operand, type);
  case Operand::Name:
    return named(operand, bits);
  default:
    failOperand(operand, "a register or number");
  }
}

uint32_t Decoder::destination(const Operand &operand, Type type) {
  if (operand.kind == Operand::Sink)
    return noOperand;
  if (operand.kind != Operand::Register || registerBits(operand) != bitsOf(type))
    failOperand(operand, "a register of " + std::to_string(bitsOf(type)) + " bits for " + spellType(type));
  writes.push_back(static_cast<uint32_t>(operand.reg));
  return decoded().registers[operand.reg].offset;
}

static Type bitsType(unsigned bits) {
  return bits == 64 ? Type::B64 : bits == 32 ? Type::B32 : bits == 16 ? Type::B16 : bits == 128 ? Type::B128 : Type::B8;
}

uint32_t Decoder::wideSource(const Operand &operand, Type type, unsigned &bits) {
  bits = std::max(registerBits(operand), bitsOf(type));
  if (operand.kind == Operand::Name) // special registers are read with the width of the type
    bits = std::max(bits, 32u);
  if (operand.kind == Operand::Register && registerBits(operand) < bitsOf(type))
    failOperand(operand, "a register of at least " + std::to_string(bitsOf(type)) + " bits for " + spellType(type));
  return operand.kind == Operand::Register || bits != bitsOf(type) ? source(operand, bitsType(bits))
                                                                   : source(operand, type);
}

uint32_t Decoder::wideDestination(const Operand &operand, Type type, unsigned &bits) {
  bits = std::max(registerBits(operand), bitsOf(type));
  if (operand.kind == Operand::Register && registerBits(operand) < bitsOf(type))
    failOperand(operand, "a register of at least " + std::to_string(bitsOf(type)) + " bits for " + spellType(type));
  return destination(operand, bitsType(bits));
}

uint32_t Decoder::predicateSource(const Operand &operand, bool &negated) {
  negated = operand.negated;
  return source(operand, Type::Pred);
}

int64_t Decoder::integer(const Operand &operand) {
  if (operand.kind != Operand::Integer)
    failOperand(operand, "an integer that is known here");
  return static_cast<int64_t>(operand.bits);
}

void Decoder::address(const Operand &operand, unsigned slot) {
  if (operand.kind != Operand::Address)
    failOperand(operand, "an address in [ ]");
  const Operand &base = operand.elements[0];
  unsigned bits = base.kind == Operand::Register ? registerBits(base) : 64;
  if (bits != 32 && bits != 64)
    failOperand(base, "an address of 32 or 64 bits");
  out.wideAddress = bits == 64;
  out.immediate = operand.offset;
  out.source[slot] = source(base, bits == 64 ? Type::B64 : Type::B32);
}

uint32_t Decoder::label(const std::string &name) {
  for (int scope = statement.scope; scope >= 0; scope = function.scopes[scope].parent) {
    auto found = function.scopes[scope].labels.find(name);
    if (found != function.scopes[scope].labels.end())
      return decoded().entry + static_cast<uint32_t>(found->second);
  }
  fail("expected a label of function '" + function.name + "', found '" + name + "'");
}

const std::vector<std::string> *Decoder::branchTargets(const std::string &name) const {
  for (int scope = statement.scope; scope >= 0; scope = function.scopes[scope].parent) {
    auto found = function.scopes[scope].branchTargets.find(name);
    if (found != function.scopes[scope].branchTargets.end())
      return &found->second;
  }
  return nullptr;
}

uint32_t Decoder::appendList(const std::vector<uint32_t> &offsets) {
  uint32_t begin = static_cast<uint32_t>(program.lists.size());
  program.lists.insert(program.lists.end(), offsets.begin(), offsets.end());
  return begin;
}

//===----------------------------------------------------------------------===//
// The instruction
//===----------------------------------------------------------------------===//

void Decoder::fail(const std::string &message) const {
  throw Error("PTX line " + std::to_string(statement.line) + ": `" + spell(statement, function) + "`: " + message);
}

void Decoder::failOperand(const Operand &operand, const std::string &expected) const {
  syntax::Statement alone;
  alone.opcode = {""};
  alone.operands = {operand};
  std::string found = spell(alone, function);
  if (operand.kind == Operand::Register)
    found += " (" + std::to_string(registerBits(operand)) + " bits)";
  fail("expected " + expected + ", found" + found);
}

void Decoder::finish() {
  if (!remaining().empty())
    fail("unknown modifier '" + remaining() + "' of '" + mnemonic() + "'");
  out.statement = statementIndex;
  auto append = [&](const std::vector<uint32_t> &list, uint32_t &begin, uint16_t &count) {
    begin = static_cast<uint32_t>(program.registerLists.size());
    count = static_cast<uint16_t>(list.size());
    program.registerLists.insert(program.registerLists.end(), list.begin(), list.end());
  };
  append(reads, out.reads, out.readCount);
  append(writes, out.writes, out.writeCount);
  program.code.push_back(out);
}

void Decoder::run(const DecodeTable &table) {
  auto found = table.find(mnemonic());
  if (found == table.end())
    fail("unknown instruction '" + mnemonic() + "'");
  if (statement.guard >= 0) {
    out.guard = decoded().registers[statement.guard].offset;
    out.guardNegated = statement.guardNegated;
    noteRead(statement.guard);
  }
  found->second(*this);
  finish();
}

} // namespace sinter::emulator
