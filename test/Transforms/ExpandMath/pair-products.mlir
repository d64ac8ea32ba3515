// Products of pairs of bf16: an instruction where there is one, else conversions and multiply-adds in the same order.
// RUN: sinter-opt %s --sinter-expand-math=bf16-pairs=true | FileCheck %s --check-prefix=INSTRUCTION
// RUN: sinter-opt %s --sinter-expand-math | FileCheck %s --check-prefix=WIDENED
// RUN: sinter-opt %s --sinter-expand-math=fma=false | FileCheck %s --check-prefix=NO-FMA
// RUN: sinter-opt %s --sinter-expand-math --canonicalize --cse --convert-vector-to-scf --convert-scf-to-cf --convert-vector-to-llvm \
// RUN:   --finalize-memref-to-llvm --convert-func-to-llvm --convert-arith-to-llvm --convert-cf-to-llvm --convert-index-to-llvm \
// RUN:   --reconcile-unrealized-casts \
// RUN:   | mlir-runner -e main --entry-point-result=void --shared-libs=%mlir_lib_dir/libmlir_c_runner_utils.so | FileCheck %s --check-prefix=RESULT

// INSTRUCTION-LABEL: @multiply
// INSTRUCTION: llvm.call_intrinsic "llvm.x86.avx512bf16.dpbf16ps.128"(%{{.*}}, %{{.*}}, %{{.*}}) : (vector<4xf32>, vector<8xbf16>, vector<8xbf16>) -> vector<4xf32>
// INSTRUCTION-NOT: vector.fma

// The second of a pair is added first: it is the upper half of 32 bits.
// WIDENED-LABEL: @multiply
// WIDENED: %[[A:.*]] = vector.bitcast %{{.*}} : vector<8xbf16> to vector<4xi32>
// WIDENED: %[[UPPER:.*]] = arith.constant dense<-65536> : vector<4xi32>
// WIDENED: arith.andi %[[A]], %[[UPPER]]
// WIDENED: %[[FIRST:.*]] = vector.fma
// WIDENED: %[[HALF:.*]] = arith.constant dense<16> : vector<4xi32>
// WIDENED-NEXT: arith.shli %{{.*}}, %[[HALF]]
// WIDENED: vector.fma %{{.*}}, %{{.*}}, %[[FIRST]] : vector<4xf32>
// WIDENED-NOT: avx512

// NO-FMA-LABEL: @multiply
// NO-FMA-COUNT-2: arith.mulf
// NO-FMA-NOT: vector.fma
func.func @multiply(%sum: vector<4xf32>, %a: vector<8xbf16>, %b: vector<8xbf16>) -> vector<4xf32> attributes {no_inline} {
  %r = x86vector.avx512.dot %sum, %a, %b : vector<8xbf16> -> vector<4xf32>
  return %r : vector<4xf32>
}

// 1 + 2 * 3 + 0.5 * 0.5; zeros; a sum in which the second product vanishes if it is added first, and not the other way
// round; subnormal numbers, which the instruction would take for zero.
// RESULT: ( 7.25, 0, 0, 9.18355e-41 )
func.func @main() {
  %sum = arith.constant dense<[1.0, 0.0, 1.0, 0.0]> : vector<4xf32>
  %a = arith.constant dense<[0.5, 2.0, 0.0, 0.0, -1.0, 2.98023e-08, 1.0, 0.0]> : vector<8xbf16>
  %b = arith.constant dense<[0.5, 3.0, 0.0, 0.0, 1.0, 1.0, 9.18369e-41, 0.0]> : vector<8xbf16>
  %r = func.call @multiply(%sum, %a, %b) : (vector<4xf32>, vector<8xbf16>, vector<8xbf16>) -> vector<4xf32>
  vector.print %r : vector<4xf32>
  return
}
