// How are declarations, initializers and literals read? See VariableParser.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "VariableParser.h"
#include "sinter/Emulator/Ptx.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace sinter::emulator {

using syntax::Operand;
using syntax::Variable;

static bool hexBits(const std::string &digits, size_t count, uint64_t &bits) {
  char *end = nullptr;
  bits = strtoull(digits.c_str() + 2, &end, 16);
  return digits.size() == count + 2 && *end == '\0';
}

static void negate(Operand &operand) {
  if (operand.kind == Operand::Integer)
    operand.bits = uint64_t(0) - operand.bits;
  else
    operand.bits ^= operand.kind == Operand::Float32 ? uint64_t(1) << 31 : uint64_t(1) << 63;
}

Operand parseNumber(TokenStream &tokens, bool negative) {
  const std::string &digits = tokens.peek().text;
  Operand operand;
  char *end = nullptr;
  if (digits.size() > 2 && digits[0] == '0' && strchr("fF", digits[1])) {
    operand.kind = Operand::Float32;
    if (!hexBits(digits, 8, operand.bits))
      tokens.failExpected("0f and 8 hexadecimal digits");
  } else if (digits.size() > 2 && digits[0] == '0' && strchr("dD", digits[1])) {
    operand.kind = Operand::Float64;
    if (!hexBits(digits, 16, operand.bits))
      tokens.failExpected("0d and 16 hexadecimal digits");
  } else if (integerValue(digits, operand.bits)) {
    operand.kind = Operand::Integer;
  } else {
    operand.kind = Operand::Float64;
    double value = strtod(digits.c_str(), &end);
    if (*end != '\0')
      tokens.failExpected("a number");
    memcpy(&operand.bits, &value, sizeof value);
  }
  tokens.next();
  if (negative)
    negate(operand);
  return operand;
}

static bool spaceNamed(const std::string &word, Space &space) {
  static const struct {
    const char *name;
    Space space;
  } spaces[] = {{".global", Space::Global}, {".shared", Space::Shared}, {".local", Space::Local},
                {".param", Space::Param},   {".const", Space::Const},   {".reg", Space::Param}};
  for (const auto &entry : spaces)
    if (word == entry.name) {
      space = entry.space;
      return true;
    }
  return false;
}

static uint64_t expectAlignment(TokenStream &tokens) {
  int64_t align = tokens.expectInteger("an alignment");
  if (align <= 0 || (align & (align - 1)) || align > (1 << 20))
    throw Error("PTX line " + std::to_string(tokens.peek().line) +
                ": expected an alignment that is a power of two, found " + std::to_string(align));
  return static_cast<uint64_t>(align);
}

/// What stands between the state space and the name: alignment, type, attributes of pointers.
static void parseAttributes(TokenStream &tokens, Variable &variable) {
  bool aligned = false;
  uint64_t vector = 1;
  while (tokens.peek().kind == Token::Word && tokens.peek().text[0] == '.') {
    std::string word = tokens.next().text;
    Space ignored;
    if (word == ".align") {
      variable.align = expectAlignment(tokens);
      aligned = true;
    } else if (word == ".v2" || word == ".v4")
      vector = word == ".v2" ? 2 : 4;
    else if (auto type = typeNamed(word.substr(1)))
      variable.type = *type;
    else if (word != ".ptr" && word != ".volatile" && !spaceNamed(word, ignored))
      throw Error("PTX line " + std::to_string(variable.line) + ": expected a type, found '" + word + "'");
  }
  variable.elements = vector;
  if (!aligned)
    variable.align = vector * bytesOf(variable.type);
}

static void parseExtents(TokenStream &tokens, Variable &variable) {
  while (tokens.accept("[")) {
    if (tokens.accept("]")) {
      variable.unsized = true;
      continue;
    }
    uint64_t extent = static_cast<uint64_t>(tokens.expectInteger("an extent"));
    if (extent > (uint64_t(1) << 34) || variable.elements * extent > (uint64_t(1) << 34))
      throw Error("PTX line " + std::to_string(variable.line) + ": variable '" + variable.name +
                  "': expected at most 2^34 elements, found " + std::to_string(extent));
    variable.elements *= extent;
    tokens.expect("]");
  }
}

static void appendValue(TokenStream &tokens, Variable &variable) {
  unsigned bytes = bytesOf(variable.type);
  uint64_t bits = 0;
  if (tokens.peek().kind == Token::Word) { // an address: name or generic(name), with an offset perhaps
    bool generic = tokens.accept("generic");
    if (generic)
      tokens.expect("(");
    variable.addresses.push_back({variable.initial.size(), tokens.expectWord("a variable")});
    if (generic)
      tokens.expect(")");
    if (tokens.accept("+"))
      bits = static_cast<uint64_t>(tokens.expectInteger("an offset"));
  } else {
    bool negative = tokens.accept("-");
    if (tokens.peek().kind != Token::Number)
      tokens.failExpected("an initial value");
    Operand value = parseNumber(tokens, negative);
    bits = value.bits;
    if (value.kind == Operand::Float64 && variable.type == Type::F32) {
      double wide;
      memcpy(&wide, &bits, sizeof wide);
      float narrow = static_cast<float>(wide);
      bits = 0;
      memcpy(&bits, &narrow, sizeof narrow);
    }
  }
  for (unsigned i = 0; i < bytes; ++i)
    variable.initial.push_back(static_cast<uint8_t>(bits >> 8 * i));
}

static void parseInitializer(TokenStream &tokens, Variable &variable) {
  if (!tokens.accept("{")) {
    appendValue(tokens, variable);
    return;
  }
  if (tokens.accept("}"))
    return;
  do {
    if (tokens.at("{"))
      parseInitializer(tokens, variable); // rows of arrays with several dimensions
    else
      appendValue(tokens, variable);
  } while (tokens.accept(","));
  tokens.expect("}");
}

static void checkInitializer(Variable &variable) {
  if (variable.unsized && !variable.initial.empty()) {
    variable.elements = variable.initial.size() / bytesOf(variable.type);
    variable.unsized = false;
  }
  if (variable.initial.size() > variable.size())
    throw Error("PTX line " + std::to_string(variable.line) + ": variable '" + variable.name + "' has " +
                std::to_string(variable.size()) + " bytes, found " + std::to_string(variable.initial.size()) +
                " bytes of initial values");
}

void parseVariables(TokenStream &tokens, bool isExtern, std::vector<Variable> &variables) {
  Variable model;
  model.line = tokens.peek().line;
  if (!spaceNamed(tokens.peek().text, model.space))
    tokens.failExpected("a directive");
  tokens.next();
  parseAttributes(tokens, model);
  do {
    Variable variable = model;
    variable.line = tokens.peek().line;
    variable.name = tokens.expectWord("the name of a variable");
    parseExtents(tokens, variable);
    if (tokens.accept("="))
      parseInitializer(tokens, variable);
    checkInitializer(variable);
    if (variable.unsized && !(isExtern && variable.space == Space::Shared))
      throw Error("PTX line " + std::to_string(variable.line) + ": variable '" + variable.name +
                  "': expected a size; only .extern .shared variables have none");
    if (isExtern && variable.space != Space::Shared)
      throw Error("PTX line " + std::to_string(variable.line) + ": .extern variable '" + variable.name +
                  "' is defined in no module");
    variables.push_back(std::move(variable));
  } while (tokens.accept(","));
  tokens.expect(";");
}

Variable parseParameter(TokenStream &tokens) {
  Variable parameter;
  parameter.line = tokens.peek().line;
  if (!tokens.at(".param") && !tokens.at(".reg"))
    tokens.failExpected("'.param'");
  tokens.next();
  parameter.space = Space::Param;
  // `.param .align 64 .b8 p[128]`: the alignment of the parameter; `.param .u64 .ptr .align 1 p`: of what it points to.
  uint64_t own = tokens.accept(".align") ? expectAlignment(tokens) : 1;
  parseAttributes(tokens, parameter);
  parameter.align = std::max<uint64_t>(own, bytesOf(parameter.type));
  parameter.name = tokens.expectWord("the name of a parameter");
  parseExtents(tokens, parameter);
  return parameter;
}

} // namespace sinter::emulator
