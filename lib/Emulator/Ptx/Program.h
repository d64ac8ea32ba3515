// What does the interpreter execute?
//
// Decoding happens once: each PTX instruction becomes an `Instruction` with a handler that is called for all 32 lanes
// of a warp. Operands are byte offsets into the frame of registers. A frame holds, for each register, one value for
// each lane (predicates: one bit), and behind the registers the constants and special registers that the function uses,
// in the same form: handlers do not tell them apart.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_PROGRAM_H
#define SINTER_EMULATOR_PTX_PROGRAM_H

#include "Syntax.h"
#include "sinter/Emulator/Ptx.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sinter::emulator {

class Warp;
struct Instruction;

constexpr unsigned warpSize = 32;
constexpr uint32_t allLanes = ~uint32_t(0);
constexpr uint32_t noOperand = ~uint32_t(0);

/// What the warp does after an instruction.
enum class Status : uint8_t {
  Next,    ///< the lanes go on behind the instruction
  Jumped,  ///< the handler has moved the lanes
  Blocked, ///< the handler has set what the lanes wait for; they go on behind the instruction
  Retry,   ///< the same, but the instruction is executed again
};

/// Runs an instruction for the lanes in `mask` (never 0).
using Handler = Status (*)(Warp &warp, const Instruction &instruction, uint32_t mask);

/// Which lanes have to arrive before an instruction can execute.
enum class Convergence : uint8_t {
  None,
  Warp,    ///< .aligned: all lanes that have not exited
  Members, ///< .sync with a mask of lanes: `Instruction::members`
};

/// Memory order of an access, and whether it takes part in synchronization at all.
enum class Order : uint8_t { Weak, Relaxed, Acquire, Release, AcquireRelease };

struct Instruction {
  Handler handler = nullptr;
  /// Lanes for which a comparison holds, where the handler makes something of it.
  uint32_t (*compare)(Warp &warp, const Instruction &instruction) = nullptr;
  uint32_t destination = noOperand;
  uint32_t source[4] = {noOperand, noOperand, noOperand, noOperand};
  int64_t immediate = 0; ///< offset of an address, target of a branch, a lookup table: as the handler defines it
  uint32_t guard = noOperand;
  bool guardNegated = false;
  Convergence convergence = Convergence::None;
  uint32_t members = noOperand;
  bool isWarpgroup = false; ///< wgmma: has rules of its own for registers in flight
  bool isCopy = false; ///< mov between registers: ptxas makes one register of them, so that wgmma needs no fence behind
  bool unchecked = false; ///< may read registers that have no value
  // Of memory accesses.
  Space space = Space::Generic;
  Order order = Order::Weak;
  bool wideAddress = true; ///< a 64-bit register
  uint8_t elementBytes = 0;
  uint8_t variant = 0;   ///< of a family: a comparison, a mode, an operation
  uint8_t modifiers = 0; ///< of a family
  uint16_t vectorSize = 1;
  uint32_t list = 0;              ///< where the elements of vector operands begin in Program::lists
  uint32_t reads = 0, writes = 0; ///< where its registers begin in Program::registerLists
  uint16_t readCount = 0, writeCount = 0;
  int32_t statement = -1; ///< in syntax::Function::statements
};

enum class Special : uint8_t {
  TidX,
  TidY,
  TidZ,
  NtidX,
  NtidY,
  NtidZ,
  CtaidX,
  CtaidY,
  CtaidZ,
  NctaidX,
  NctaidY,
  NctaidZ,
  ClusteridX,
  ClusteridY,
  ClusteridZ,
  NclusteridX,
  NclusteridY,
  NclusteridZ,
  ClusterCtaidX,
  ClusterCtaidY,
  ClusterCtaidZ,
  ClusterNctaidX,
  ClusterNctaidY,
  ClusterNctaidZ,
  ClusterCtarank,
  ClusterNctarank,
  Laneid,
  Warpid,
  Nwarpid,
  Smid,
  Nsmid,
  Gridid,
  LanemaskEq,
  LanemaskLt,
  LanemaskLe,
  LanemaskGt,
  LanemaskGe,
  DynamicSmemSize,
  TotalSmemSize,
  AggrSmemSize,
  IsExplicitCluster,
  Clock,
  ClockHi,
  Clock64,
  Globaltimer,
  GlobaltimerLo,
  GlobaltimerHi,
};

struct RegisterSlot {
  uint32_t offset = 0;
  uint16_t bits = 0;
};

/// A value that stands in every frame of a function.
struct Constant {
  uint32_t offset;
  uint16_t bits;
  uint64_t value;
  enum Kind : uint8_t {
    Plain,
    LocalAddress,  ///< depends on the depth of the call
    DynamicShared, ///< depends on the kernel
  } kind = Plain;
};

struct SpecialSlot {
  uint32_t offset;
  uint16_t bits;
  Special special;
};

/// Where a variable in .param, .local or .shared lies.
struct Placement {
  Space space = Space::Global;
  uint64_t address = 0; ///< an offset in its space; of .global and .const variables an address
  uint64_t size = 0;
  bool kernelParameter = false;
  bool dynamicShared = false;
};

struct Function {
  const syntax::Function *source = nullptr;
  bool isDecoded = false;
  uint32_t entry = 0, end = 0;         ///< in Program::code
  std::vector<RegisterSlot> registers; ///< by syntax index
  std::vector<Constant> constants;
  std::vector<SpecialSlot> specials;
  uint32_t frameBytes = 0;
  std::map<std::string, Placement> variables; ///< its parameters, results and variables
  std::vector<std::string> parameterNames, resultNames;
  uint32_t localBytes = 0;        ///< for one thread
  uint32_t parameterBytes = 0;    ///< kernel: the block of arguments; function: for one thread, with those of its calls
  uint32_t staticSharedBytes = 0; ///< of all .shared variables of the module that are not dynamic
  uint32_t dynamicSharedOffset = 0;
  bool usesWarpgroups = false;     ///< wgmma
  bool synchronizesBlocks = false; ///< atomics and ordered accesses to global memory: blocks may wait for each other
};

/// A call's target and the .param variables that carry its arguments.
struct CallSite {
  uint32_t function = 0;
  std::vector<Placement> arguments, results;
};

/// [register + offset], beside the one that an instruction has room for.
struct AddressOperand {
  uint32_t place = noOperand;
  bool wide = true;
  int64_t offset = 0;
};

/// The operands of cp.async.bulk.
struct BulkCopyForm {
  enum Direction : uint8_t { GlobalToShared, SharedToGlobal, SharedToShared } direction = GlobalToShared;
  bool tensor = false;
  AddressOperand to, from, mbarrier; ///< of tensors, the map stands in the place of global memory
  std::vector<uint32_t> coordinates; ///< of tensors
  uint32_t size = noOperand;         ///< of others
  uint32_t blocks = noOperand;       ///< mask of the blocks of a multicast
};

struct Program {
  std::vector<BulkCopyForm> bulkCopies;
  syntax::Module syntax;
  std::vector<Instruction> code;
  std::vector<uint32_t> lists;
  std::vector<uint32_t> registerLists;
  std::vector<CallSite> calls;
  std::vector<std::vector<uint32_t>> branchTables;
  std::vector<Function> functions; ///< as in syntax.functions
  std::map<std::string, uint32_t> functionIndex;
  std::map<std::string, Placement> variables; ///< of the module
  std::map<std::string, KernelInfo> kernels;
  std::vector<std::unique_ptr<uint8_t[]>> storage; ///< of .global and .const variables
  uint32_t commonSharedBytes = 0; ///< of .shared variables that device functions use: in front in all kernels
  unsigned sharedGranule = 4;     ///< bytes of the smallest access to shared memory

  unsigned globalGranule = 4; ///< the same of global memory

  const Function &functionAt(uint32_t pc) const;
};

/// Where shared memory begins: address 0 stays invalid, and dynamic shared memory can be aligned to 1024 bytes.
constexpr uint32_t sharedBase = 1024;
constexpr uint32_t maxSharedBytes = 227 * 1024;
/// Generic addresses of shared and local memory lie where no host address does.
constexpr uint64_t sharedWindow = uint64_t(1) << 62;
constexpr uint64_t localWindow = uint64_t(1) << 61;
/// A shared::cluster address carries the rank of its block plus one above this bit; 0: the executing block.
constexpr unsigned sharedRankShift = 24;

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_PROGRAM_H
