// How does the decoder of an instruction family look at its modifiers and operands?
//
// A family's function takes the modifiers that it knows, asks for its operands with the types they must have, and sets
// a handler. What is left over afterwards is an error: no modifier is ignored by accident.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_DECODER_H
#define SINTER_EMULATOR_PTX_DECODER_H

#include "Program.h"

#include <initializer_list>
#include <optional>
#include <unordered_map>

namespace sinter::emulator {

class Decoder;
using Decode = void (*)(Decoder &);
using DecodeTable = std::unordered_map<std::string, Decode>;

/// Grows while a function is decoded: constants and special registers are given places in its frame.
class FrameLayout {
public:
  explicit FrameLayout(Function &function) : function(function) {}
  uint32_t place(unsigned bits);
  uint32_t constant(unsigned bits, uint64_t value, Constant::Kind kind = Constant::Plain);
  uint32_t special(Special special, unsigned bits);

private:
  Function &function;
  std::map<std::tuple<unsigned, uint64_t, int>, uint32_t> constants;
  std::map<std::pair<int, unsigned>, uint32_t> specials;
};

class Decoder {
public:
  Decoder(Program &program, uint32_t functionIndex, FrameLayout &frame, int statementIndex);

  /// Decodes the statement and appends it to the program.
  void run(const DecodeTable &table);

  // Modifiers.
  const std::string &mnemonic() const { return statement.opcode[0]; }
  bool has(const char *modifier) const;
  bool take(const char *modifier);
  void ignore(std::initializer_list<const char *> modifiers);
  /// Index of the one modifier of the list that is there; fails when none is.
  unsigned takeOneOf(std::initializer_list<const char *> modifiers);
  /// The first remaining modifier that names a type.
  Type takeType();
  std::optional<Type> tryType();
  /// The first remaining modifier that begins with `prefix`; empty when there is none.
  std::string takePrefixed(const char *prefix);
  std::string remaining() const;

  // Operands.
  size_t operandCount() const { return statement.operands.size(); }
  const syntax::Operand &operand(size_t index) const;
  void expectOperands(size_t least, size_t most);
  void expectOperands(size_t count) { expectOperands(count, count); }
  /// The place of an operand that is read with `bits` bits.
  uint32_t source(size_t index, Type type) { return source(operand(index), type); }
  uint32_t source(const syntax::Operand &operand, Type type);
  /// The place of a register that is written; noOperand for `_`.
  uint32_t destination(size_t index, Type type) { return destination(operand(index), type); }
  uint32_t destination(const syntax::Operand &operand, Type type);
  /// For ld, st and cvt: registers may be wider than the type. Gives the register's width.
  uint32_t wideSource(const syntax::Operand &operand, Type type, unsigned &bits);
  uint32_t wideDestination(const syntax::Operand &operand, Type type, unsigned &bits);
  uint32_t predicateSource(const syntax::Operand &operand, bool &negated);
  int64_t integer(size_t index) { return integer(operand(index)); }
  int64_t integer(const syntax::Operand &operand);
  bool isInteger(const syntax::Operand &operand) const { return operand.kind == syntax::Operand::Integer; }
  /// [base + offset]: sets source[slot], immediate and wideAddress.
  void address(const syntax::Operand &operand, unsigned slot);
  /// A base with its offset added when decoding is possible, else a register operand: for extra addresses.
  uint32_t label(const std::string &name);
  const Placement *placementOf(const std::string &name) const;
  const std::vector<std::string> *branchTargets(const std::string &name) const;
  unsigned registerBits(const syntax::Operand &operand) const;

  // Lists of operands.
  uint32_t appendList(const std::vector<uint32_t> &offsets);

  /// Throws "PTX line N: `text`: message".
  [[noreturn]] void fail(const std::string &message) const;
  [[noreturn]] void failOperand(const syntax::Operand &operand, const std::string &expected) const;

  Instruction out;
  Program &program;
  const syntax::Function &source_() const { return function; }
  Function &decoded() { return program.functions[functionIndex]; }
  const syntax::Statement &syntaxStatement() const { return statement; }
  uint32_t constant(unsigned bits, uint64_t value) { return frame.constant(bits, value); }
  uint32_t special(Special special, unsigned bits) { return frame.special(special, bits); }

private:
  void finish();
  uint32_t literal(const syntax::Operand &operand, Type type);
  uint32_t named(const syntax::Operand &operand, unsigned bits);
  void noteRead(int reg) { reads.push_back(static_cast<uint32_t>(reg)); }

  uint32_t functionIndex;
  FrameLayout &frame;
  const syntax::Function &function;
  const syntax::Statement &statement;
  int statementIndex;
  std::vector<bool> taken;
  std::vector<uint32_t> reads, writes;
};

/// Special register of that name with its width; empty when there is none.
std::optional<std::pair<Special, unsigned>> specialNamed(const std::string &name);

// The instruction families, one file each.
void addIntegerInstructions(DecodeTable &table);
void addBitInstructions(DecodeTable &table);
void addFloatInstructions(DecodeTable &table);
void addCompareInstructions(DecodeTable &table);
void addConvertInstructions(DecodeTable &table);
void addMoveInstructions(DecodeTable &table);
void addMemoryInstructions(DecodeTable &table);
void addAtomicInstructions(DecodeTable &table);
void addControlInstructions(DecodeTable &table);
void addWarpInstructions(DecodeTable &table);
void addBarrierInstructions(DecodeTable &table);
void addCopyInstructions(DecodeTable &table);
void addMbarrierInstructions(DecodeTable &table);
void addMatrixInstructions(DecodeTable &table);
void addWarpgroupInstructions(DecodeTable &table);

/// Decodes everything; variables are laid out, those of .global and .const told to `memory`.
std::unique_ptr<Program> decode(syntax::Module syntax, DeviceMemory &memory);

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_DECODER_H
