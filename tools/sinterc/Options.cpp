// The command line of sinterc.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Options.h"

#include "sinter-rt/threads.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

#include <set>

namespace cl = llvm::cl;
using namespace sinter;

namespace sinterc {
namespace {

cl::OptionCategory what("What to make"), forWhom("For which machine"), check("Checking"), show("Seeing what happens");

cl::SubCommand tune("tune", "Measure schedules on this machine and write those that are faster than the planner's");
cl::SubCommand &compile = cl::SubCommand::getTopLevel();
cl::OptionCategory howToTune("Tuning");

cl::opt<std::string> input(cl::Positional, cl::sub(compile), cl::sub(tune), cl::desc("MODEL.mlir"),
                           cl::value_desc("file"), cl::cat(what));
cl::opt<std::string> output("o", cl::sub(compile), cl::sub(tune), cl::cat(what), cl::value_desc("path"),
                            cl::desc("Where to write; - is standard output. By default named after the model (NAME, "
                                     "libNAME.so, NAME.o), and standard output for text"));
cl::opt<EmitKind>
    emit("emit", cl::cat(what), cl::init(EmitKind::Program),
         cl::desc("What to write [what the ending of -o says (.mlir .ll .s .ptx .o .so), else exe]"),
         cl::values(clEnumValN(EmitKind::MLIR, "mlir", "the IR of the phase given by --compile-to"),
                    clEnumValN(EmitKind::LLVMIR, "llvm", "optimized LLVM IR"),
                    clEnumValN(EmitKind::Assembly, "asm", "assembly"),
                    clEnumValN(EmitKind::Ptx, "ptx", "the device code for the first GPU of --gpu"),
                    clEnumValN(EmitKind::Object, "obj", "an object file and a C header; links with libsinter_rt"),
                    clEnumValN(EmitKind::Library, "lib", "a shared library and a C header; needs nothing else"),
                    clEnumValN(EmitKind::Program, "exe", "a program with train, eval, predict, info and bench")));
cl::opt<Phase> compileTo("compile-to", cl::cat(what), cl::init(Phase::Object),
                         cl::desc("Stop after a phase and write its IR [object]"),
                         cl::values(clEnumValN(Phase::Model, "model", phaseDescription(Phase::Model)),
                                    clEnumValN(Phase::Step, "step", phaseDescription(Phase::Step)),
                                    clEnumValN(Phase::Kernels, "kernels", phaseDescription(Phase::Kernels)),
                                    clEnumValN(Phase::Tiles, "tiles", phaseDescription(Phase::Tiles)),
                                    clEnumValN(Phase::Buffers, "buffers", phaseDescription(Phase::Buffers)),
                                    clEnumValN(Phase::LLVM, "llvm", phaseDescription(Phase::LLVM)),
                                    clEnumValN(Phase::Object, "object",
                                               "machine code, as a program unless --emit says otherwise")));
cl::opt<int64_t> batch("batch", cl::sub(compile), cl::sub(tune), cl::cat(what), cl::value_desc("rows"),
                       cl::init(Compilation::kDefaultBatch),
                       cl::desc("Largest number of rows of a call, the value of ? in the model [64]"));
cl::opt<bool> keepGradients("keep-gradients", cl::sub(compile), cl::sub(tune), cl::cat(what),
                            cl::desc("Keep the last gradients in the state, as PARAMETER.grad [off]"));
cl::opt<std::string> header("header", cl::cat(what), cl::value_desc("path"),
                            cl::desc("Where the C header of obj and lib goes [beside the output, NAME.h]"));

cl::opt<std::string> targetCpu("target-cpu", cl::sub(compile), cl::sub(tune), cl::cat(forWhom), cl::value_desc("name"),
                               cl::init("native"),
                               cl::desc("Processor: native, x86-64-v2, x86-64-v3, x86-64-v4, znver5, ...; help lists "
                                        "them [native]"));
cl::opt<std::string> targetTriple("target-triple", cl::cat(forWhom), cl::value_desc("triple"),
                                  cl::desc("Machine, e.g. aarch64-linux-gnu [this one]"));
enum class Target { Cpu, Nvptx };
cl::opt<Target> target("target", cl::cat(forWhom), cl::init(Target::Cpu), cl::desc("What runs the steps [cpu]"),
                       cl::values(clEnumValN(Target::Cpu, "cpu", "CPUs"),
                                  clEnumValN(Target::Nvptx, "nvptx", "NVIDIA GPUs, and CPUs as well")));
cl::list<std::string> gpus("gpu", cl::cat(forWhom), cl::CommaSeparated, cl::value_desc("names"),
                           cl::desc("With --target=nvptx: architectures to make code for, sm_80, sm_89, sm_90a, ...; "
                                    "code without a letter also runs on later ones [sm_80]"));
enum class GpuF32 { Exact, Tf32 };
cl::opt<GpuF32> gpuF32("gpu-f32", cl::cat(forWhom), cl::init(GpuF32::Exact),
                       cl::desc("With --target=nvptx: how products of f32 are computed [exact]"),
                       cl::values(clEnumValN(GpuF32::Exact, "exact", "in f32"),
                                  clEnumValN(GpuF32::Tf32, "tf32",
                                             "by matrix instructions, operands rounded to 10 bits of fraction")));
enum class Cubin { Auto, Never };
cl::opt<Cubin> gpuCubin("gpu-cubin", cl::cat(forWhom), cl::init(Cubin::Auto),
                        cl::desc("With --target=nvptx: machine code beside PTX, which loads faster [auto]"),
                        cl::values(clEnumValN(Cubin::Auto, "auto", "if ptxas is found"),
                                   clEnumValN(Cubin::Never, "never", "PTX alone")));
cl::opt<unsigned> optLevel("O", cl::sub(compile), cl::sub(tune), cl::cat(forWhom), cl::Prefix, cl::value_desc("0-3"),
                           cl::init(3), cl::desc("Effort of LLVM's passes and code generator [3]"));

cl::opt<std::string> schedules("schedules", cl::cat(forWhom), cl::value_desc("file"),
                               cl::desc("Schedules for some kernels, in place of the planner's; a line each, as "
                                        "--print-schedules writes them [none]"));
cl::list<std::string> unfused(
    "no-fuse", cl::cat(forWhom), cl::CommaSeparated, cl::value_desc("kinds"),
    cl::desc("Kinds of fusion to leave out, to see what they are worth: epilogues, updates, "
             "prologues, rows, partials, columns, maps, transpositions, launches (with phases), phases [none]"));
cl::opt<bool>
    printSchedules("print-schedules", cl::cat(show),
                   cl::desc("Write the schedules of all kernels, for --schedules, instead of code; to standard "
                            "output or -o"));

cl::opt<bool> verify("verify", cl::cat(check),
                     cl::desc("Compile, run every step function on random data, compare with the reference interpreter "
                              "and print the largest differences; writes nothing"));
cl::opt<bool> checkGradients("check-gradients", cl::cat(check),
                             cl::desc("Compare the gradients of the step with central differences, in double "
                                      "precision; writes nothing"));
cl::opt<double> tolerance("tolerance", cl::cat(check), cl::value_desc("x"), cl::init(0),
                          cl::desc("Largest relative difference that passes [--verify: 1e-4 for f32, 1e-10 for f64; "
                                   "--check-gradients: 1e-6]"));

cl::opt<bool> timing("timing", cl::cat(show), cl::desc("Print where compile time goes"));
cl::opt<std::string> remarks("remarks", cl::cat(show), cl::value_desc("regex"), cl::ValueOptional,
                             cl::desc("Print the compiler's decisions of these categories (fusion, schedule, memory) "
                                      "[all of them when no value is given]"));
cl::list<std::string> reports(
    "report", cl::cat(show), cl::value_desc("file"),
    cl::desc("Also write what was decided, and why, as FILE.json or FILE.html: ops, kernels, schedules, predicted "
             "times, memory, remarks; may be given twice [none]"));
cl::opt<bool> reportMachine("report-machine", cl::cat(show),
                            cl::desc("Measure this machine's peak rates for the roofline of --report; takes seconds, "
                                     "and makes reports that differ from run to run [off]"));
cl::opt<bool> quiet("quiet", cl::sub(compile), cl::sub(tune), cl::cat(show), cl::desc("No summary on standard error"));

cl::opt<double> timeLimit("time-limit", cl::sub(tune), cl::cat(howToTune), cl::value_desc("seconds"), cl::init(60),
                          cl::desc("When to end; what was found by then is written [60]"));
cl::opt<int64_t> rounds("rounds", cl::sub(tune), cl::cat(howToTune), cl::value_desc("number"), cl::init(0),
                        cl::desc("Most rounds: each compiles the step once, with a candidate for every kernel; 0 is as "
                                 "many as there are candidates for [0]"));
cl::opt<int> threads("threads", cl::sub(tune), cl::cat(howToTune), cl::value_desc("number"), cl::init(0),
                     cl::desc("Number of threads of the measured steps; 0 is one per CPU [0]"));
cl::opt<std::string>
    tunedKernels("kernels", cl::sub(tune), cl::cat(howToTune), cl::value_desc("regex"),
                 cl::desc("Tune the kernels of train_step with such names (as --print-schedules writes "
                          "them) [all]"));

constexpr llvm::StringLiteral kOverview =
    "sinterc: compiles the training of a neural network ahead of time\n\n"
    "  A model, its loss and its optimizer go in as one MLIR file; one native training step comes out: forward, loss,\n"
    "  backward and update, as a program that trains, a shared library with a C header, or an object file.\n";

constexpr llvm::StringLiteral kExamples =
    "\nExamples:\n"
    "  sinterc digits.mlir -o digits                  a program: ./digits train --data digits.csv --target -1\n"
    "  sinterc digits.mlir --emit=lib -o libdigits.so --batch 256\n"
    "  sinterc digits.mlir --emit=obj --target-cpu=x86-64-v3\n"
    "  sinterc digits.mlir --compile-to=kernels       what is fused, and with which schedule\n"
    "  sinterc digits.mlir --verify                   is the compiled step right?\n"
    "  sinterc digits.mlir --remarks=fusion -o digits why are two ops one kernel, or not?\n"
    "  sinterc tune digits.mlir -o digits.schedules   then: sinterc digits.mlir --schedules=digits.schedules -o "
    "digits\n"
    "  sinterc digits.mlir --report=digits.html       graph, kernels, memory and remarks as a page\n"
    "\nExit status: 0; 1 when the model cannot be compiled or a check fails; 2 for a command line that makes no "
    "sense.\n";

[[noreturn]] void usageError(const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), "sinterc") << message << "\n";
  std::exit(2);
}

[[noreturn]] void listProcessors() {
  llvm::Expected<std::vector<std::string>> names = processorNames(targetTriple);
  if (!names)
    usageError(llvm::toString(names.takeError()));
  for (const std::string &name : *names)
    llvm::outs() << name << "\n";
  std::exit(0);
}

/// What the ending of the output's name asks for.
EmitKind kindByEnding(llvm::StringRef path) {
  return llvm::StringSwitch<EmitKind>(llvm::sys::path::extension(path))
      .Case(".mlir", EmitKind::MLIR)
      .Case(".ll", EmitKind::LLVMIR)
      .Case(".s", EmitKind::Assembly)
      .Case(".ptx", EmitKind::Ptx)
      .Case(".o", EmitKind::Object)
      .Case(".so", EmitKind::Library)
      .Default(EmitKind::Program);
}

EmitKind chosenKind() {
  if (printSchedules || tune)
    return EmitKind::MLIR;
  if (compileTo.getNumOccurrences() && compileTo != Phase::Object) {
    if (emit.getNumOccurrences() && emit != EmitKind::MLIR)
      usageError("--compile-to=" + phaseName(compileTo) + " stops at MLIR: it goes with --emit=mlir only");
    return EmitKind::MLIR;
  }
  return emit.getNumOccurrences() ? emit.getValue() : kindByEnding(output);
}

std::string defaultOutput(EmitKind kind) {
  llvm::StringRef stem = input == "-" ? "model" : llvm::sys::path::stem(input);
  switch (kind) {
  case EmitKind::Object:
    return (stem + ".o").str();
  case EmitKind::Library:
    return ("lib" + stem + ".so").str();
  case EmitKind::Program:
    return stem.str();
  default:
    return "-";
  }
}

/// digits.h for libdigits.so and digits.o.
std::string defaultHeader(llvm::StringRef path) {
  llvm::StringRef name = llvm::sys::path::stem(path);
  name.consume_front("lib");
  llvm::SmallString<256> result(llvm::sys::path::parent_path(path));
  llvm::sys::path::append(result, (name.empty() ? "model" : name) + ".h");
  return result.str().str();
}

/// Do two paths, which need not exist, name the same file?
bool samePath(llvm::StringRef a, llvm::StringRef b) {
  llvm::SmallString<256> paths[] = {a, b};
  for (llvm::SmallString<256> &path : paths) {
    (void)llvm::sys::fs::make_absolute(path);
    llvm::sys::path::remove_dots(path, /*remove_dot_dot=*/true);
  }
  return paths[0] == paths[1];
}

/// Reports go with code, each into a file of its own.
void checkReports(const Options &options) {
  if (options.reportMachine && options.reports.empty())
    usageError("--report-machine goes with --report");
  if (options.reports.empty())
    return;
  if (options.verify || options.checkGradients || options.printSchedules)
    usageError("--report goes with code, not with --verify, --check-gradients or --print-schedules");
  if (options.emit == EmitKind::MLIR)
    usageError("--report goes with code: --emit=llvm, asm, obj, lib or exe, and not with --emit=mlir or --compile-to");
  for (auto [i, path] : llvm::enumerate(options.reports)) {
    llvm::StringRef ending = llvm::sys::path::extension(path);
    if (ending != ".json" && ending != ".html")
      usageError("--report expects a file that ends in .json or .html, found '" + path + "'");
    bool isOutput = options.output != "-" && samePath(path, options.output);
    if (isOutput || (hasHeader(options.emit) && samePath(path, options.header)))
      usageError("the report '" + path + "' is the output or its header; give another path");
    if (input != "-" && llvm::sys::fs::equivalent(options.input, path))
      usageError("the report '" + path + "' is the model itself; give another path");
    for (const std::string &other : llvm::ArrayRef(options.reports).take_front(i))
      if (samePath(path, other))
        usageError("the report '" + path + "' is given twice");
  }
}

constexpr int64_t kMostRows = int64_t(1) << 30;

/// A subcommand takes all options of the compiler for its own unless somebody objects.
void checkTuneOptions() {
  std::set<llvm::StringRef> foreign;
  auto &known = cl::getRegisteredOptions(tune);
  for (auto &[name, option] : cl::getRegisteredOptions(compile))
    if (option->getNumOccurrences() > 0 && !known.count(name))
      foreign.insert(name);
  if (!foreign.empty())
    usageError("--" + *foreign.begin() + " does not go with tune; see `sinterc tune --help`");
}

void checkCombinations(const Options &options) {
  if (options.tune)
    checkTuneOptions();
  if (target != Target::Nvptx && (!gpus.empty() || options.emit == EmitKind::Ptx))
    usageError("--gpu and --emit=ptx go with --target=nvptx");
  if (batch.getNumOccurrences() && (batch < 1 || batch > kMostRows))
    usageError("--batch expects a number of rows from 1 to " + llvm::Twine(kMostRows) + ", found " +
               llvm::Twine(batch));
  if (optLevel > 3)
    usageError("-O expects a level from 0 to 3, found " + llvm::Twine(optLevel));
  if (tolerance < 0)
    usageError("--tolerance expects a positive number");
  if (timeLimit < 0)
    usageError("--time-limit expects a number of seconds that is not negative");
  if (rounds < 0)
    usageError("--rounds expects a number that is not negative, found " + llvm::Twine(rounds));
  if (threads < 0 || threads > SINTER_MAX_THREADS)
    usageError("--threads expects a number from 0 to " + llvm::Twine(SINTER_MAX_THREADS) + ", found " +
               llvm::Twine(threads));
  if (verify + checkGradients + printSchedules > 1)
    usageError("--verify, --check-gradients and --print-schedules are runs of their own");
  bool binary = options.emit == EmitKind::Library || options.emit == EmitKind::Program;
  if (binary && options.output == "-")
    usageError("a program or library cannot be written to standard output; give a path with -o");
  if (hasHeader(options.emit) && samePath(options.header, options.output))
    usageError("the header '" + options.header + "' is the output itself; give another path with --header");
  checkReports(options);
  if (input == "-" || llvm::sys::fs::is_directory(input))
    return;
  if (llvm::sys::fs::equivalent(options.input, options.output))
    usageError("the output '" + options.output + "' is the model itself; give another path with -o");
  if (hasHeader(options.emit) && llvm::sys::fs::equivalent(options.input, options.header))
    usageError("the header '" + options.header + "' is the model itself; give another path with --header");
}

} // namespace

Options parseOptions(int argc, char **argv) {
  cl::HideUnrelatedOptions({&what, &forWhom, &check, &show});
  cl::HideUnrelatedOptions({&what, &forWhom, &show, &howToTune}, tune);
  cl::extrahelp examples(kExamples);
  cl::SetVersionPrinter([](llvm::raw_ostream &out) { out << compilerVersion() << "\n"; });
  std::string errors;
  llvm::raw_string_ostream stream(errors);
  if (!cl::ParseCommandLineOptions(argc, argv, kOverview, &stream)) {
    llvm::errs() << errors << "See `sinterc --help`.\n";
    std::exit(2);
  }
  if (targetCpu == "help")
    listProcessors();
  if (input.empty())
    usageError("no model was given; see `sinterc --help`");

  Options options;
  options.input = input;
  options.emit = chosenKind();
  options.compileTo = compileTo != Phase::Object       ? compileTo.getValue()
                      : options.emit == EmitKind::MLIR ? Phase::LLVM
                                                       : Phase::Object;
  options.output = output.empty() ? defaultOutput(options.emit) : output.getValue();
  options.header = header.empty() && options.output != "-" ? defaultHeader(options.output) : header.getValue();
  options.compilation.target = {targetTriple, targetCpu.getNumOccurrences() ? targetCpu.getValue() : "", optLevel};
  if (batch.getNumOccurrences())
    options.compilation.batch = batch;
  options.compilation.schedules = schedules;
  options.compilation.unfused.assign(unfused.begin(), unfused.end());
  options.compilation.keepGradients = keepGradients || checkGradients;
  if (target == Target::Nvptx)
    options.compilation.gpus.assign(gpus.begin(), gpus.end());
  if (target == Target::Nvptx && gpus.empty())
    options.compilation.gpus = {"sm_80"};
  options.compilation.cubin = gpuCubin == Cubin::Auto;
  options.compilation.tf32 = gpuF32 == GpuF32::Tf32;
  options.compilation.program = options.emit == EmitKind::Program;
  options.verify = verify;
  options.checkGradients = checkGradients;
  options.printSchedules = printSchedules;
  options.tune = bool(tune);
  options.timeLimit = timeLimit;
  options.threads = threads;
  options.rounds = rounds;
  options.tunedKernels = tunedKernels;
  options.tolerance = tolerance;
  options.quiet = quiet;
  options.reports = reports;
  options.reportMachine = reportMachine;
  options.timing = timing;
  options.remarks = remarks.getNumOccurrences() && remarks.empty() ? ".*" : remarks.getValue();
  checkCombinations(options);
  return options;
}

} // namespace sinterc
