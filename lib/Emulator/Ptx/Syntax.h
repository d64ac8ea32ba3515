// What does a PTX module say, before anything in it is interpreted?
//
// Names of registers are resolved to indices here, because scopes ({ } of inline assembly) end with the parser; names
// of variables, functions and labels stay text for the decoder.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_SYNTAX_H
#define SINTER_EMULATOR_PTX_SYNTAX_H

#include "Types.h"

#include <array>
#include <map>
#include <string>
#include <vector>

namespace sinter::emulator::syntax {

struct Operand {
  enum Kind {
    Register, ///< `reg`
    Name,     ///< a variable, function, label or special register: `name`
    Integer,  ///< `bits`
    Float32,  ///< `bits` of an f32 literal (0f...)
    Float64,  ///< `bits` of an f64 literal (0d... or decimal)
    Address,  ///< [elements[0] + offset, elements[1], ...]
    Vector,   ///< {elements}
    Pair,     ///< elements[0] | elements[1]
    Group,    ///< (elements) of a call
    Sink,     ///< _
  };
  Kind kind = Sink;
  bool negated = false; ///< !operand
  int reg = -1;
  std::string name;
  uint64_t bits = 0;
  int64_t offset = 0;
  std::vector<Operand> elements;
};

struct Statement {
  int line = 0;
  int scope = 0;                   ///< where its labels are looked up first
  int guard = -1;                  ///< register of `@p`, -1 for none
  bool guardNegated = false;       ///< `@!p`
  std::vector<std::string> opcode; ///< mnemonic and modifiers: {"ld", "global", "b32"}
  std::vector<Operand> operands;
};

struct Variable {
  std::string name;
  Space space = Space::Global;
  Type type = Type::B8;
  uint64_t elements = 1;
  bool unsized = false; ///< `.extern .shared name[]`
  uint64_t align = 1;
  std::vector<uint8_t> initial;                            ///< empty: zero
  std::vector<std::pair<uint64_t, std::string>> addresses; ///< byte offset, variable whose address belongs there
  int line = 0;
  uint64_t size() const { return elements * bytesOf(type); }
};

struct Register {
  std::string name;
  Type type;
};

/// A { } region of a function. Scope 0 is the body.
struct Scope {
  int parent = -1;
  std::map<std::string, int> registers;
  std::map<std::string, int> labels;                             ///< index of the statement that follows
  std::map<std::string, std::vector<std::string>> branchTargets; ///< .branchtargets lists
};

struct Function {
  std::string name;
  bool isEntry = false;
  bool isDefined = false;
  int line = 0;
  std::vector<Variable> results, parameters;
  std::vector<Register> registers;
  std::vector<Variable> variables; ///< declared in the body
  std::vector<Scope> scopes;
  std::vector<Statement> statements;
  std::array<uint32_t, 3> maxThreads{}, requiredThreads{}, clusterSize{}; ///< zeros where not given
};

struct Module {
  std::string version, target;
  std::vector<Variable> variables;
  std::vector<Function> functions;
};

} // namespace sinter::emulator::syntax

#endif // SINTER_EMULATOR_PTX_SYNTAX_H
