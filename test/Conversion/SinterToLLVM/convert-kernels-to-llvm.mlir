// One conversion takes a kernel function of branches, scalars, vectors and memrefs to the LLVM dialect.
// RUN: sinter-opt %s --sinter-convert-kernels-to-llvm --reconcile-unrealized-casts | FileCheck %s --implicit-check-not=unrealized_conversion_cast

// Memrefs of static shape are bare pointers; what is known of them stays known.
// CHECK-LABEL: llvm.func internal @vectors(
// CHECK-SAME: %[[X:.*]]: !llvm.ptr {llvm.align = 64 : i64, llvm.noalias}, %[[Y:.*]]: !llvm.ptr, %[[ROWS:.*]]: i64
func.func private @vectors(%x: memref<4x16xf32> {llvm.align = 64 : i64, llvm.noalias}, %y: memref<4x16xf32>, %rows: index,
                           %lo: index, %hi: index) attributes {llvm.linkage = #llvm.linkage<internal>} {
  %c8 = arith.constant 8 : index
  // CHECK: %[[ROW:.*]] = llvm.mul %{{.*}}, %{{.*}} : i64
  // CHECK: %[[AT:.*]] = llvm.add %[[ROW]], %{{.*}} : i64
  // CHECK: %[[PLACE:.*]] = llvm.getelementptr %{{.*}}[%[[AT]]] : (!llvm.ptr, i64) -> !llvm.ptr, f32
  // CHECK: %[[VALUE:.*]] = llvm.load %[[PLACE]] {alignment = 4 : i64} : !llvm.ptr -> vector<8xf32>
  %v = vector.load %x[%lo, %c8] : memref<4x16xf32>, vector<8xf32>
  // CHECK: %[[FMA:.*]] = llvm.intr.fmuladd(%[[VALUE]], %[[VALUE]], %[[VALUE]])
  %f = vector.fma %v, %v, %v : vector<8xf32>
  // A mask of as many lanes as are left.
  // CHECK: %[[LEFT:.*]] = llvm.sub %{{.*}}, %{{.*}} : i64
  %left = arith.subi %hi, %lo : index
  // CHECK: %[[MASK:.*]] = llvm.icmp "{{sgt|slt}}" {{.*}} : vector<8xi{{32|64}}>
  %mask = vector.create_mask %left : vector<8xi1>
  // CHECK: llvm.intr.masked.store %[[FMA]], %{{.*}}, %[[MASK]]
  vector.maskedstore %y[%lo, %c8], %mask, %f : memref<4x16xf32>, vector<8xi1>, vector<8xf32>
  return
}

// Functions that are instructions or intrinsics, and functions of libm, which get a declaration: one, in front of the
// first function that calls it.
// CHECK: llvm.func @erf(f64) -> f64
// CHECK-LABEL: llvm.func @functions(
func.func private @functions(%x: f32, %y: f64) -> (f32, f64) {
  // CHECK: %[[ROOT:.*]] = llvm.intr.sqrt(%{{.*}}) : (f32) -> f32
  %root = math.sqrt %x : f32
  // CHECK: %[[ERF:.*]] = llvm.call @erf(%{{.*}}) : (f64) -> f64
  %erf = math.erf %y : f64
  return %root, %erf : f32, f64
}

// CHECK-NOT: llvm.func @erf(
// CHECK-LABEL: llvm.func @again(
func.func private @again(%y: f64) -> f64 {
  // CHECK: llvm.call @erf(
  %erf = math.erf %y : f64
  return %erf : f64
}

// CHECK-NOT: llvm.func @erf(

// CHECK-LABEL: llvm.func @branches(
func.func private @branches(%n: index) -> index {
  %c0 = arith.constant 0 : index
  %any = arith.cmpi sgt, %n, %c0 : index
  // CHECK: llvm.cond_br %{{.*}}, ^[[SOME:.*]], ^[[NONE:.*]](%{{.*}} : i64)
  cf.cond_br %any, ^some, ^done(%c0 : index)
^some:
  %twice = arith.addi %n, %n : index
  cf.br ^done(%twice : index)
^done(%result: index):
  return %result : index
}
