// How are the directives and functions of a PTX module read? See Parser.h; statements are in StatementParser.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Parser.h"
#include "StatementParser.h"
#include "TokenStream.h"
#include "VariableParser.h"
#include "sinter/Emulator/Ptx.h"

namespace sinter::emulator {

namespace {
class ModuleParser {
public:
  explicit ModuleParser(const std::string &text) : tokens(tokenize(text)) {}
  syntax::Module run();

private:
  void topLevel();
  void skipLine();
  void skipSection();
  void function(bool isEntry);
  void parameterList(std::vector<syntax::Variable> &variables);
  void performanceDirectives(syntax::Function &function);
  void threadCounts(std::array<uint32_t, 3> &counts);

  TokenStream tokens;
  syntax::Module module;
};
} // namespace

/// .file and .loc have no closing semicolon: they end with their line.
void ModuleParser::skipLine() {
  int line = tokens.peek().line;
  while (!tokens.atEnd() && tokens.peek().line == line)
    tokens.next();
}

/// Debug information: `.section name { ... }`.
void ModuleParser::skipSection() {
  while (!tokens.atEnd() && !tokens.accept("{"))
    tokens.next();
  while (!tokens.atEnd() && !tokens.accept("}"))
    tokens.next();
}

void ModuleParser::parameterList(std::vector<syntax::Variable> &variables) {
  tokens.expect("(");
  if (tokens.accept(")"))
    return;
  do
    variables.push_back(parseParameter(tokens));
  while (tokens.accept(","));
  tokens.expect(")");
}

void ModuleParser::threadCounts(std::array<uint32_t, 3> &counts) {
  counts = {1, 1, 1};
  for (unsigned i = 0; i < 3; ++i) {
    counts[i] = static_cast<uint32_t>(tokens.expectInteger("a number of threads or blocks"));
    if (!tokens.accept(","))
      return;
  }
}

void ModuleParser::performanceDirectives(syntax::Function &function) {
  while (tokens.peek().kind == Token::Word && tokens.peek().text[0] == '.') {
    std::string directive = tokens.next().text;
    if (directive == ".maxntid")
      threadCounts(function.maxThreads);
    else if (directive == ".reqntid")
      threadCounts(function.requiredThreads);
    else if (directive == ".reqnctapercluster")
      threadCounts(function.clusterSize);
    else if (directive == ".minnctapersm" || directive == ".maxnreg" || directive == ".maxclusterrank")
      tokens.expectInteger("a number");
    else if (directive == ".pragma") {
      tokens.next();
      tokens.accept(";");
    } else if (directive != ".noreturn" && directive != ".explicitcluster" && directive != ".blocksareclusters")
      throw Error("PTX line " + std::to_string(tokens.peek().line) + ": unknown directive '" + directive +
                  "' of function '" + function.name + "'");
  }
}

void ModuleParser::function(bool isEntry) {
  syntax::Function function;
  function.isEntry = isEntry;
  function.line = tokens.peek().line;
  if (!isEntry && tokens.at("("))
    parameterList(function.results);
  function.name = tokens.expectWord("the name of a function");
  if (tokens.at("("))
    parameterList(function.parameters);
  performanceDirectives(function);
  if (!tokens.accept(";")) { // not a mere declaration
    function.isDefined = true;
    parseBody(tokens, function);
  }
  module.functions.push_back(std::move(function));
}

void ModuleParser::topLevel() {
  if (tokens.peek().kind == Token::ImplicitDef) {
    tokens.next();
    return;
  }
  if (tokens.peek().kind != Token::Word || tokens.peek().text[0] != '.')
    tokens.failExpected("a directive");
  bool isExtern = false;
  while (tokens.at(".visible") || tokens.at(".extern") || tokens.at(".weak") || tokens.at(".common"))
    isExtern |= tokens.next().text == ".extern";
  std::string directive = tokens.peek().text;
  if (directive == ".version" || directive == ".target" || directive == ".address_size" || directive == ".file" ||
      directive == ".loc" || directive == ".alias") {
    tokens.next();
    (directive == ".version"  ? module.version
     : directive == ".target" ? module.target
                              : directive) = tokens.peek().text;
    skipLine();
  } else if (directive == ".section")
    skipSection();
  else if (directive == ".pragma") {
    tokens.next();
    tokens.next();
    tokens.expect(";");
  } else if (directive == ".entry" || directive == ".func") {
    tokens.next();
    function(directive == ".entry");
  } else
    parseVariables(tokens, isExtern, module.variables);
}

syntax::Module ModuleParser::run() {
  if (!tokens.at(".version"))
    tokens.failExpected("'.version', with which every PTX text begins");
  while (!tokens.atEnd())
    topLevel();
  if (module.target.empty())
    throw Error("PTX: expected a '.target' directive, found none");
  return std::move(module);
}

syntax::Module parse(const std::string &text) {
  return ModuleParser(text).run();
}

} // namespace sinter::emulator
