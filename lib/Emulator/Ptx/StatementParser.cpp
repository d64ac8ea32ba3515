// How are declarations, labels and instructions in a function read? See StatementParser.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "StatementParser.h"
#include "VariableParser.h"
#include "sinter/Emulator/Ptx.h"

#include <algorithm>

namespace sinter::emulator {

using syntax::Operand;
using syntax::Statement;

namespace {
class BodyParser {
public:
  BodyParser(TokenStream &tokens, syntax::Function &function) : tokens(tokens), function(function) {}
  void run();

private:
  void item();
  void openScope();
  void closeScope();
  void directive();
  void registers();
  void labelOrBranchTargets();
  void instruction();
  void guard(Statement &statement);
  void implicitDefinition();
  Operand operand();
  Operand simpleOperand();
  Operand address();
  Operand list(const char *close, Operand::Kind kind);
  int findRegister(const std::string &name) const;
  void declare(const std::string &name, Type type);

  TokenStream &tokens;
  syntax::Function &function;
  int scope = 0;
};
} // namespace

int BodyParser::findRegister(const std::string &name) const {
  for (int s = scope; s >= 0; s = function.scopes[s].parent) {
    auto found = function.scopes[s].registers.find(name);
    if (found != function.scopes[s].registers.end())
      return found->second;
  }
  return -1;
}

void BodyParser::declare(const std::string &name, Type type) {
  if (!function.scopes[scope].registers.insert({name, static_cast<int>(function.registers.size())}).second)
    throw Error("PTX line " + std::to_string(tokens.peek().line) + ": register '" + name + "' is declared twice");
  function.registers.push_back({name, type});
}

/// .reg .b32 %r<8>, %sum;
void BodyParser::registers() {
  tokens.expect(".reg");
  std::string word = tokens.expectWord("a type");
  auto type = typeNamed(word.substr(1));
  if (!type)
    throw Error("PTX line " + std::to_string(tokens.peek().line) + ": expected a type, found '" + word + "'");
  do {
    std::string name = tokens.expectWord("the name of a register");
    if (!tokens.accept("<")) {
      declare(name, *type);
      continue;
    }
    int64_t count = tokens.expectInteger("a number of registers");
    if (count < 0 || count > 100000)
      tokens.failExpected("a number of registers up to 100000");
    tokens.expect(">");
    for (int64_t i = 0; i < count; ++i)
      declare(name + std::to_string(i), *type);
  } while (tokens.accept(","));
  tokens.expect(";");
}

void BodyParser::openScope() {
  tokens.expect("{");
  syntax::Scope inner;
  inner.parent = function.scopes.empty() ? -1 : scope;
  scope = static_cast<int>(function.scopes.size());
  function.scopes.push_back(std::move(inner));
}

void BodyParser::closeScope() {
  tokens.expect("}");
  scope = function.scopes[scope].parent;
}

void BodyParser::labelOrBranchTargets() {
  std::string name = tokens.next().text;
  tokens.expect(":");
  if (tokens.accept(".branchtargets")) {
    auto &targets = function.scopes[scope].branchTargets[name];
    do
      targets.push_back(tokens.expectWord("a label"));
    while (tokens.accept(","));
    tokens.expect(";");
    return;
  }
  if (!function.scopes[scope].labels.insert({name, static_cast<int>(function.statements.size())}).second)
    throw Error("PTX line " + std::to_string(tokens.peek().line) + ": label '" + name + "' is defined twice");
}

void BodyParser::directive() {
  const std::string &word = tokens.peek().text;
  if (word == ".reg")
    registers();
  else if (word == ".loc" || word == ".file") {
    int line = tokens.peek().line;
    while (!tokens.atEnd() && tokens.peek().line == line)
      tokens.next();
  } else if (word == ".pragma") {
    tokens.next();
    tokens.next();
    tokens.expect(";");
  } else
    parseVariables(tokens, false, function.variables);
}

void BodyParser::guard(Statement &statement) {
  statement.guardNegated = tokens.accept("!");
  std::string name = tokens.expectWord("a predicate register");
  statement.guard = findRegister(name);
  if (statement.guard < 0 || function.registers[statement.guard].type != Type::Pred)
    throw Error("PTX line " + std::to_string(statement.line) + ": expected a predicate register after '@', found '" +
                name + "'");
}

Operand BodyParser::list(const char *close, Operand::Kind kind) {
  Operand result;
  result.kind = kind;
  if (tokens.accept(close))
    return result;
  do
    result.elements.push_back(operand());
  while (tokens.accept(","));
  tokens.expect(close);
  return result;
}

Operand BodyParser::address() {
  Operand result;
  result.kind = Operand::Address;
  result.elements.push_back(simpleOperand());
  if (tokens.accept("+"))
    result.offset = tokens.expectInteger("an offset");
  else if (tokens.at("-"))
    result.offset = tokens.expectInteger("an offset");
  while (tokens.accept(","))
    result.elements.push_back(operand());
  tokens.expect("]");
  return result;
}

Operand BodyParser::simpleOperand() {
  bool negative = tokens.accept("-");
  if (tokens.peek().kind == Token::Number)
    return parseNumber(tokens, negative);
  if (negative || tokens.peek().kind != Token::Word)
    tokens.failExpected("an operand");
  Operand result;
  result.name = tokens.next().text;
  result.reg = findRegister(result.name);
  result.kind = result.name == "_" ? Operand::Sink : result.reg >= 0 ? Operand::Register : Operand::Name;
  return result;
}

Operand BodyParser::operand() {
  if (tokens.accept("{"))
    return list("}", Operand::Vector);
  if (tokens.accept("("))
    return list(")", Operand::Group);
  if (tokens.accept("["))
    return address();
  bool negated = tokens.accept("!");
  Operand result = simpleOperand();
  result.negated = negated;
  if (result.kind == Operand::Name && tokens.accept("+"))
    result.offset = tokens.expectInteger("an offset");
  if (!tokens.accept("|"))
    return result;
  Operand pair;
  pair.kind = Operand::Pair;
  pair.elements = {result, simpleOperand()};
  return pair;
}

static std::vector<std::string> splitOpcode(const std::string &word) {
  std::vector<std::string> parts{""};
  for (char c : word)
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

void BodyParser::instruction() {
  Statement statement;
  statement.line = tokens.peek().line;
  statement.scope = scope;
  if (tokens.accept("@"))
    guard(statement);
  statement.opcode = splitOpcode(tokens.expectWord("an instruction"));
  if (!tokens.at(";")) {
    do
      statement.operands.push_back(operand());
    while (tokens.accept(","));
  }
  tokens.expect(";");
  function.statements.push_back(std::move(statement));
}

/// LLVM leaves registers undefined on purpose; the decoder makes an instruction of it that defines them.
void BodyParser::implicitDefinition() {
  Statement statement;
  statement.line = tokens.peek().line;
  statement.scope = scope;
  statement.opcode = {"implicit-def"};
  Operand target;
  target.name = tokens.next().text;
  target.reg = findRegister(target.name);
  target.kind = Operand::Register;
  statement.operands = {target};
  if (target.reg >= 0)
    function.statements.push_back(std::move(statement));
}

void BodyParser::item() {
  const Token &token = tokens.peek();
  if (token.kind == Token::ImplicitDef)
    implicitDefinition();
  else if (tokens.at("{"))
    openScope();
  else if (tokens.at("}"))
    closeScope();
  else if (tokens.at(";"))
    tokens.next();
  else if (token.kind == Token::Word && tokens.peek(1).text == ":")
    labelOrBranchTargets();
  else if (token.kind == Token::Word && token.text[0] == '.')
    directive();
  else
    instruction();
}

void BodyParser::run() {
  openScope();
  while (scope >= 0) {
    if (tokens.atEnd())
      tokens.failExpected("'}' at the end of function '" + function.name + "'");
    item();
  }
}

void parseBody(TokenStream &tokens, syntax::Function &function) {
  BodyParser(tokens, function).run();
}

static std::string spell(const Operand &operand);

/// Long lists, of accumulators, are cut: messages should stay readable.
static std::string spellList(const std::vector<Operand> &operands, const char *separator) {
  constexpr size_t longest = 8;
  std::string text;
  for (size_t i = 0; i < std::min(operands.size(), longest); ++i)
    text += (i ? separator : "") + spell(operands[i]);
  return operands.size() > longest ? text + separator + "..." : text;
}

static std::string spell(const Operand &operand) {
  char literal[32];
  switch (operand.kind) {
  case Operand::Register:
  case Operand::Name:
    return (operand.negated ? "!" : "") + operand.name;
  case Operand::Integer:
    return std::to_string(static_cast<int64_t>(operand.bits));
  case Operand::Float32:
  case Operand::Float64:
    snprintf(literal, sizeof literal, operand.kind == Operand::Float32 ? "0f%08llX" : "0d%016llX",
             static_cast<unsigned long long>(operand.bits));
    return literal;
  case Operand::Address: {
    std::string text = "[" + spell(operand.elements[0]);
    if (operand.offset)
      text += (operand.offset > 0 ? "+" : "") + std::to_string(operand.offset);
    for (size_t i = 1; i < operand.elements.size(); ++i)
      text += ", " + spell(operand.elements[i]);
    return text + "]";
  }
  case Operand::Vector:
    return "{" + spellList(operand.elements, ", ") + "}";
  case Operand::Group:
    return "(" + spellList(operand.elements, ", ") + ")";
  case Operand::Pair:
    return spellList(operand.elements, "|");
  case Operand::Sink:
    return "_";
  }
  return "";
}

std::string spell(const Statement &statement, const syntax::Function &function) {
  std::string text;
  if (statement.guard >= 0)
    text = std::string("@") + (statement.guardNegated ? "!" : "") + function.registers[statement.guard].name + " ";
  for (size_t i = 0; i < statement.opcode.size(); ++i)
    text += (i ? "." : "") + statement.opcode[i];
  return statement.operands.empty() ? text : text + " " + spellList(statement.operands, ", ");
}

} // namespace sinter::emulator
