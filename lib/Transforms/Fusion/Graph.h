// What depends on what in a function of linalg ops? The graph that fusion decides on.
//
// Overview. A node is one linalg.generic (with its fill) or one sinter.reshape. Its kind says which strategy could run
// it:
//
//   Elementwise   parallel loops, inputs read at the loop's indices or at some of them
//   Row           combines the last dimension         Column   combines all others: the rows
//   Contraction   a product, summed                   Loops    anything else       View   reshape, no code at all
//   PartialSum    combines parts of the rows, as a kernel of rows can
//
// A transparent node (a broadcast, a constant, a comparison with an index) costs next to nothing and reads nothing as
// large as its result: it is no node of its own in decisions, edges go through it, every reader computes it again.
//
// Worked example: y = x W^T + broadcast(b), r = max(y, 0) has the nodes product, add, max; the broadcast of b and the
// constant 0 are transparent, so that add depends on the product (and on the argument b), max on add alone.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_FUSION_GRAPH_H
#define SINTER_LIB_TRANSFORMS_FUSION_GRAPH_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/DenseMap.h"

namespace sinter {

enum class NodeKind { Elementwise, Row, Column, PartialSum, Contraction, Loops, View };

/// A node that is read, and at which of the reader's loop indices.
struct Read {
  unsigned node;
  mlir::AffineMap at;
};

/// True if what is read has the reader's first loops, or its last ones: a value per row, or per column. The extents
/// alone do not tell in a square.
bool readsFirstLoops(mlir::AffineMap at);
bool readsLastLoops(mlir::AffineMap at);
/// True if rows, which are all loops but the last, are read as they follow each other: all of these loops, or none.
bool readsRowsInOrder(mlir::AffineMap at);

struct Node {
  mlir::Operation *op = nullptr;
  NodeKind kind = NodeKind::Loops;
  /// Computed anew by each reader.
  bool transparent = false;
  /// Part of the arithmetic that makes a new value of a state tensor from its gradient.
  bool update = false;
  /// Read by a product, a view, a gather or the return: it has to be in memory.
  bool opaqueUse = false;
  /// Scalar operations per element; a transcendental function counts as twenty, a division as ten.
  int64_t cost = 0;
  /// Extents of the loops; of a product, of its result.
  llvm::SmallVector<int64_t> domain;
  /// Nodes that this one reads, seen through transparent ones; and those that have to run earlier, because they read a
  /// state tensor that this one replaces.
  llvm::SmallVector<unsigned> preds, succs, earlier, later;
  /// How each of `preds` is read, as often as it is (of loops that read at their indices only).
  llvm::SmallVector<Read> reads;

  mlir::linalg::GenericOp generic() const { return llvm::cast<mlir::linalg::GenericOp>(op); }
  bool isElementwise() const { return kind == NodeKind::Elementwise && !transparent; }
  bool isScalar() const { return kind == NodeKind::Elementwise && domain.empty(); }
};

/// A state tensor that the function returns with a new value.
struct StateUpdate {
  mlir::BlockArgument argument;
  mlir::Value newValue;
};

class Graph {
public:
  explicit Graph(mlir::func::FuncOp function);

  mlir::func::FuncOp getFunction() const { return function; }
  size_t size() const { return nodes.size(); }
  Node &operator[](unsigned i) { return nodes[i]; }
  const Node &operator[](unsigned i) const { return nodes[i]; }

  /// The node that makes `value`; nothing for arguments and constants.
  std::optional<unsigned> nodeOf(mlir::Value value) const;
  /// The tensors that node `i` reads, transparent ones included.
  llvm::SmallVector<mlir::Value> operands(unsigned i) const;
  llvm::ArrayRef<StateUpdate> getStateUpdates() const { return updates; }
  /// The state argument whose bytes `value` is: itself, or by way of views.
  mlir::BlockArgument stateBehind(mlir::Value value) const;

private:
  void collectNodes();
  void findTransparent();
  void linkNodes();
  void findStateUpdates();
  void orderReadersOfState();
  void markUpdateArithmetic();
  void addPreds(unsigned node, mlir::Value operand, mlir::AffineMap at);

  mlir::func::FuncOp function;
  std::vector<Node> nodes;
  llvm::DenseMap<mlir::Operation *, unsigned> numbers; // never iterated over
  llvm::SmallVector<StateUpdate> updates;
};

/// Extents of a tensor.
llvm::ArrayRef<int64_t> shapeOf(mlir::Value tensor);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_FUSION_GRAPH_H
