// A product that reads both operands across their rows gets one of them transposed where that is predicted to win: over
// many rows that lie apart by a power of two, whose lines push each other out of the caches.
// RUN: sinter-opt %s --sinter-fuse-kernels=cpu=x86-64-v3 | FileCheck %s
// RUN: sinter-opt %s --sinter-fuse-kernels=cpu=x86-64-v3 --remark-policy=all --remarks-filter=fusion -o /dev/null 2>&1 \
// RUN:   | FileCheck %s --check-prefix=REMARK

// REMARK: [Passed] transposed {{.*}} Function=long | CyclesAsItLies={{[0-9]+}}, CyclesTransposed={{[0-9]+}}, Remark="an operand of a product is transposed before it"
// REMARK: [Missed] transposed {{.*}} Function=apart | {{.*}}Remark="operands of a product are read across their rows"

#km = affine_map<(m, n, k) -> (k, m)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
// CHECK-DAG: #[[TURNED:.*]] = affine_map<(d0, d1) -> (d1, d0)>
// CHECK-DAG: #[[MK:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-DAG: #[[KN:.*]] = affine_map<(d0, d1, d2) -> (d2, d1)>
module attributes {sinter.batch = 2048 : i64} {
  // The smaller operand is turned round, in a kernel of its own.
  // CHECK-LABEL: func.func @long(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x4096xf32>, %[[Y:[^:]*]]: tensor<?x8192xf32>
  // CHECK: %[[T:.*]] = sinter.kernel {{.*}} ins(%[[X]] : tensor<?x4096xf32>) outs(%{{.*}} : tensor<4096x?xf32>)
  // CHECK: linalg.generic {indexing_maps = [#[[TURNED]], #{{.*}}], iterator_types = ["parallel", "parallel"]}
  // CHECK: sinter.kernel {{.*}} ins(%[[T]], %[[Y]] :
  // CHECK: linalg.generic {indexing_maps = [#[[MK]], #[[KN]], #{{.*}}]
  func.func @long(%x: tensor<?x4096xf32>, %y: tensor<?x8192xf32>) -> tensor<4096x8192xf32> {
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<4096x8192xf32>
    %init = linalg.fill ins(%zero : f32) outs(%e : tensor<4096x8192xf32>) -> tensor<4096x8192xf32>
    %p = linalg.generic {indexing_maps = [#km, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%x, %y : tensor<?x4096xf32>, tensor<?x8192xf32>) outs(%init : tensor<4096x8192xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<4096x8192xf32>
    return %p : tensor<4096x8192xf32>
  }

  // CHECK-LABEL: func.func @apart(
  // CHECK-NOT: #[[TURNED]],
  func.func @apart(%x: tensor<?x1000xf32>, %y: tensor<?x1000xf32>) -> tensor<1000x1000xf32> {
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<1000x1000xf32>
    %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1000x1000xf32>) -> tensor<1000x1000xf32>
    %p = linalg.generic {indexing_maps = [#km, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%x, %y : tensor<?x1000xf32>, tensor<?x1000xf32>) outs(%init : tensor<1000x1000xf32>) {
    ^bb0(%l: f32, %q: f32, %c: f32):
      %m = arith.mulf %l, %q : f32
      %s = arith.addf %c, %m : f32
      linalg.yield %s : f32
    } -> tensor<1000x1000xf32>
    return %p : tensor<1000x1000xf32>
  }
}
