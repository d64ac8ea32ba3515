// Operands of large products that Hopper's tensor copies cannot read as they lie are packed first, if that pays.
// RUN: sinter-opt %s --sinter-pack-device-operands=tf32 | FileCheck %s
// RUN: sinter-opt %s --sinter-pack-device-operands=tf32 --remark-policy=all --remarks-filter=fusion -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
// Without tf32 the products of f32 stay as they are.
// RUN: sinter-opt %s --sinter-pack-device-operands | FileCheck %s --check-prefix=EXACT

// REMARK-NOT: Function=aligned
// REMARK: [Passed] packed {{.*}} Function=rows | NanosecondsAsTheyLie={{[0-9]+}}, NanosecondsPacked={{[0-9]+}}, Remark="operands of a product are packed before it"
// REMARK: [Passed] packed {{.*}} Function=turned
// REMARK: [Passed] packed {{.*}} Function=turned
// REMARK: [Missed] packed {{.*}} Function=cheap | {{.*}}Remark="operands of a product are read as they lie"
// REMARK: [Missed] packed {{.*}} Function=open | Reason="the summed loops have no rows of a multiple of 16 bytes

#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#km = affine_map<(m, n, k) -> (k, m)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
// CHECK-DAG: #[[MK:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-DAG: #[[NK:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-DAG: #[[KN:.*]] = affine_map<(d0, d1, d2) -> (d2, d1)>
module attributes {sinter.batch = 4099 : i64} {
  // CHECK-LABEL: func.func @aligned(
  // CHECK-NOT: tensor.extract

  func.func @aligned(%x: tensor<?x4096xbf16>, %w: tensor<4096x4096xbf16>) -> tensor<?x4096xf32> {
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %rows = tensor.dim %x, %c0 : tensor<?x4096xbf16>
    %e0 = tensor.empty(%rows) : tensor<?x4096xf32>
    %i0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<?x4096xf32>) -> tensor<?x4096xf32>
    %p0 = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%x, %w : tensor<?x4096xbf16>, tensor<4096x4096xbf16>) outs(%i0 : tensor<?x4096xf32>) {
    ^bb0(%l: bf16, %q: bf16, %c: f32):
      %lw = arith.extf %l : bf16 to f32
      %qw = arith.extf %q : bf16 to f32
      %m = arith.mulf %lw, %qw : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<?x4096xf32>
    return %p0 : tensor<?x4096xf32>
  }

  // Rows of both get zeros; the right operand keeps its order, which tensor copies can transpose.
  // CHECK-LABEL: func.func @rows(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x4100xbf16>, %[[W:[^:]*]]: tensor<4100x4096xbf16>
  // CHECK: %[[P:.*]] = linalg.generic {{.*}} outs({{.*}} : tensor<?x4104xbf16>)
  // CHECK: %[[IN:.*]] = arith.cmpi ult, %[[K:.*]], %c4100
  // CHECK: %[[AT:.*]] = arith.select %[[IN]], %[[K]], %c0
  // CHECK: %[[E:.*]] = tensor.extract %[[X]][%{{.*}}, %[[AT]]]
  // CHECK: arith.select %[[IN]], %[[E]], %cst
  // CHECK: %[[Q:.*]] = linalg.generic {{.*}} outs({{.*}} : tensor<4104x4096xbf16>)
  // CHECK: tensor.extract %[[W]]
  // CHECK: linalg.generic {indexing_maps = [#[[MK]], #[[KN]], #{{.*}}]{{.*}} ins(%[[P]], %[[Q]] :
  func.func @rows(%x: tensor<?x4100xbf16>, %w: tensor<4100x4096xbf16>) -> tensor<?x4096xf32> {
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %rows = tensor.dim %x, %c0 : tensor<?x4100xbf16>
    %e0 = tensor.empty(%rows) : tensor<?x4096xf32>
    %i0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<?x4096xf32>) -> tensor<?x4096xf32>
    %p0 = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%x, %w : tensor<?x4100xbf16>, tensor<4100x4096xbf16>) outs(%i0 : tensor<?x4096xf32>) {
    ^bb0(%l: bf16, %q: bf16, %c: f32):
      %lw = arith.extf %l : bf16 to f32
      %qw = arith.extf %q : bf16 to f32
      %m = arith.mulf %lw, %qw : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<?x4096xf32>
    return %p0 : tensor<?x4096xf32>
  }

  // Two products read @x across k: it is packed once.
  // CHECK-LABEL: func.func @turned(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<4096x4096xf32>, %[[Y:[^:]*]]: tensor<4096x4096xf32>, %[[Z:[^:]*]]: tensor
  // CHECK: %[[P:.*]] = linalg.generic
  // CHECK: %[[TO:.*]] = linalg.index 0 : index
  // CHECK: %[[FROM:.*]] = linalg.index 1 : index
  // CHECK: tensor.extract %[[X]][%[[FROM]], %[[TO]]]
  // CHECK: %[[Q:.*]] = linalg.generic
  // CHECK: tensor.extract %[[Y]]
  // CHECK: linalg.generic {indexing_maps = [#[[MK]], #[[NK]], #{{.*}}]{{.*}} ins(%[[P]], %[[Q]] :
  // CHECK-NOT: tensor.extract
  // CHECK: linalg.generic {indexing_maps = [#[[MK]], #[[NK]], #{{.*}}]{{.*}} ins(%[[P]], %[[Z]] :
  // EXACT-LABEL: func.func @turned(
  // EXACT-NOT: tensor.extract
  func.func @turned(%x: tensor<4096x4096xf32>, %y: tensor<4096x4096xf32>, %z: tensor<4096x4096xf32>) -> (tensor<4096x4096xf32>, tensor<4096x4096xf32>) {
    %zero = arith.constant 0.0 : f32
    %e0 = tensor.empty() : tensor<4096x4096xf32>
    %i0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<4096x4096xf32>) -> tensor<4096x4096xf32>
    %p0 = linalg.generic {indexing_maps = [#km, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%x, %y : tensor<4096x4096xf32>, tensor<4096x4096xf32>) outs(%i0 : tensor<4096x4096xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<4096x4096xf32>
    %e1 = tensor.empty() : tensor<4096x4096xf32>
    %i1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<4096x4096xf32>) -> tensor<4096x4096xf32>
    %p1 = linalg.generic {indexing_maps = [#km, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%x, %z : tensor<4096x4096xf32>, tensor<4096x4096xf32>) outs(%i1 : tensor<4096x4096xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<4096x4096xf32>
    return %p0, %p1 : tensor<4096x4096xf32>, tensor<4096x4096xf32>
  }

  // Few rows on one side: packing the other one takes longer than the product.
  // CHECK-LABEL: func.func @cheap(
  // CHECK-NOT: tensor.extract
  func.func @cheap(%x: tensor<131x70xbf16>, %w: tensor<16401x70xbf16>) -> tensor<131x16401xf32> {
    %zero = arith.constant 0.0 : f32
    %e0 = tensor.empty() : tensor<131x16401xf32>
    %i0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<131x16401xf32>) -> tensor<131x16401xf32>
    %p0 = linalg.generic {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%x, %w : tensor<131x70xbf16>, tensor<16401x70xbf16>) outs(%i0 : tensor<131x16401xf32>) {
    ^bb0(%l: bf16, %q: bf16, %c: f32):
      %lw = arith.extf %l : bf16 to f32
      %qw = arith.extf %q : bf16 to f32
      %m = arith.mulf %lw, %qw : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<131x16401xf32>
    return %p0 : tensor<131x16401xf32>
  }

  // The batch is summed, and 4099 rows have no multiple of 16 bytes.
  // CHECK-LABEL: func.func @open(
  // CHECK-NOT: tensor.extract
  func.func @open(%x: tensor<?x4096xbf16>, %w: tensor<?x4100xbf16>) -> tensor<4096x4100xf32> {
    %zero = arith.constant 0.0 : f32
    %e0 = tensor.empty() : tensor<4096x4100xf32>
    %i0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<4096x4100xf32>) -> tensor<4096x4100xf32>
    %p0 = linalg.generic {indexing_maps = [#km, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%x, %w : tensor<?x4096xbf16>, tensor<?x4100xbf16>) outs(%i0 : tensor<4096x4100xf32>) {
    ^bb0(%l: bf16, %q: bf16, %c: f32):
      %lw = arith.extf %l : bf16 to f32
      %qw = arith.extf %q : bf16 to f32
      %m = arith.mulf %lw, %qw : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<4096x4100xf32>
    return %p0 : tensor<4096x4100xf32>
  }

}
