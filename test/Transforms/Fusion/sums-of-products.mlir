// Columns of what a product's kernel makes, a layer's cotangent, are begun to be added up by that kernel, one row of sums for
// each part of the rows; a kernel of columns adds up what the parts leave, with the update of a bias.
// DEFINE: %{lower} = sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse
// RUN: %{lower} --sinter-fuse-kernels | FileCheck %s
// RUN: %{lower} --sinter-fuse-kernels --remark-policy=all --remarks-filter=fusion -o /dev/null 2>&1 | grep '] partial-sums' | FileCheck %s --check-prefix=REMARK
// RUN: %{lower} --sinter-fuse-kernels=without=partials | FileCheck %s --check-prefix=ALONE --implicit-check-not=floordiv
// RUN: %{lower} --sinter-fuse-kernels=without=epilogues | FileCheck %s --check-prefix=ALONE --implicit-check-not=floordiv
// RUN: %{lower} --sinter-fuse-kernels=device=true --remark-policy=all --remarks-filter=fusion 2>&1 | grep -E '] partial-sums|func.func|floordiv' | FileCheck %s --check-prefix=DEVICE --implicit-check-not=floordiv

// ALONE: func.func @bias_gradient
// DEVICE: [Missed] partial-sums {{.*}}Function=bias_gradient | Reason="products on GPUs add up no columns"
// DEVICE: func.func @bias_gradient

// CHECK-DAG: #[[PARTS:.*]] = affine_map<(d0, d1) -> (d0 floordiv 168, d1)>
// CHECK-DAG: #[[PARTSOFPLACES:.*]] = affine_map<(d0, d1, d2) -> ((d0 * 4 + d1) floordiv 96, d2)>

module attributes {sinter.batch = 1000 : i64} {

// REMARK: [Passed] partial-sums {{.*}}Function=bias_gradient | Parts=6, {{.*}}RowsPerPart=168
// CHECK-LABEL: func.func @bias_gradient(
// CHECK: %[[PRODUCT:.*]]:2 = sinter.kernel "dot_general" {{.*}} -> tensor<?x400xf32>, tensor<6x400xf32>
// CHECK: iterator_types = ["parallel", "parallel", "reduction"]
// CHECK: %[[MADE:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
// CHECK: linalg.generic {indexing_maps = [{{.*}}#[[PARTS]]], iterator_types = ["reduction", "parallel"]} ins(%[[MADE]] :
// CHECK: %[[SUM:.*]] = sinter.kernel "reduce_sub" {{.*}} ins(%[[PRODUCT]]#1, %{{.*}} -> tensor<400xf32>
// CHECK: return %[[PRODUCT]]#0, %[[SUM]]
func.func @bias_gradient(%g: tensor<?x100xf32>, %w: tensor<100x400xf32>, %p: tensor<?x400xi1>, %b: tensor<400xf32>) -> (tensor<?x400xf32>, tensor<400xf32>) {
  %d = sinter.dot_general %g, %w batch = [] x [] contract = [1] x [0] : (tensor<?x100xf32>, tensor<100x400xf32>) -> tensor<?x400xf32>
  %z = sinter.constant dense<0.0> : tensor<1x400xf32> -> tensor<?x400xf32>
  %e = sinter.select %p, %d, %z : tensor<?x400xf32>
  %s = sinter.reduce sum %e dims = [0] : tensor<?x400xf32> -> tensor<400xf32>
  %n = sinter.sub %b, %s : tensor<400xf32>
  return %e, %n : tensor<?x400xf32>, tensor<400xf32>
}

// The product's result itself, which rests there between blocks of k.
// REMARK: [Passed] partial-sums {{.*}}Function=alone
// CHECK-LABEL: func.func @alone(
// CHECK: %[[PRODUCT:.*]]:2 = sinter.kernel "dot_general" {{.*}} -> tensor<?x400xf32>, tensor<6x400xf32>
// CHECK: %[[SUM:.*]] = sinter.kernel "reduce" {{.*}} ins(%[[PRODUCT]]#1 :
// CHECK: return %[[PRODUCT]]#0, %[[SUM]]
func.func @alone(%g: tensor<?x2000xf32>, %w: tensor<2000x400xf32>) -> (tensor<?x400xf32>, tensor<400xf32>) {
  %d = sinter.dot_general %g, %w batch = [] x [] contract = [1] x [0] : (tensor<?x2000xf32>, tensor<2000x400xf32>) -> tensor<?x400xf32>
  %s = sinter.reduce sum %d dims = [0] : tensor<?x400xf32> -> tensor<400xf32>
  return %d, %s : tensor<?x400xf32>, tensor<400xf32>
}

// Two results, over the same parts.
// REMARK: [Passed] partial-sums {{.*}}Function=two
// REMARK: [Passed] partial-sums {{.*}}Function=two
// CHECK-LABEL: func.func @two(
// CHECK: %[[PRODUCT:.*]]:4 = sinter.kernel "linear_sigmoid" {{.*}} -> tensor<?x400xf32>, tensor<?x400xf32>, tensor<6x400xf32>, tensor<6x400xf32>
func.func @two(%x: tensor<?x100xf32>, %w: tensor<400x100xf32>, %b: tensor<400xf32>) -> (tensor<?x400xf32>, tensor<?x400xf32>, tensor<400xf32>, tensor<400xf32>) {
  %y = sinter.linear %x, %w, %b : (tensor<?x100xf32>, tensor<400x100xf32>, tensor<400xf32>) -> tensor<?x400xf32>
  %s = sinter.sigmoid %y : tensor<?x400xf32>
  %o = sinter.constant dense<1.0> : tensor<1x400xf32> -> tensor<?x400xf32>
  %c = sinter.sub %o, %s : tensor<?x400xf32>
  %d = sinter.mul %s, %c : tensor<?x400xf32>
  %t = sinter.reduce sum %s dims = [0] : tensor<?x400xf32> -> tensor<400xf32>
  %u = sinter.reduce sum %d dims = [0] : tensor<?x400xf32> -> tensor<400xf32>
  return %s, %d, %t, %u : tensor<?x400xf32>, tensor<?x400xf32>, tensor<400xf32>, tensor<400xf32>
}

// Too few multiply-adds to hide the additions behind.
// REMARK: [Missed] partial-sums {{.*}}Function=short | Reason="in the product's kernel it would save 9375 cycles and cost {{[0-9]+}}"
func.func @short(%g: tensor<?x10xf32>, %w: tensor<10x60xf32>) -> (tensor<?x60xf32>, tensor<60xf32>) {
  %d = sinter.dot_general %g, %w batch = [] x [] contract = [1] x [0] : (tensor<?x10xf32>, tensor<10x60xf32>) -> tensor<?x60xf32>
  %s = sinter.reduce sum %d dims = [0] : tensor<?x60xf32> -> tensor<60xf32>
  return %d, %s : tensor<?x60xf32>, tensor<60xf32>
}

// REMARK: [Missed] partial-sums {{.*}}Function=small | Reason="what is added up stays in the first-level cache of 32768 bytes"
func.func @small(%g: tensor<200x100xf32>, %w: tensor<100x40xf32>) -> (tensor<200x40xf32>, tensor<40xf32>) {
  %d = sinter.dot_general %g, %w batch = [] x [] contract = [1] x [0] : (tensor<200x100xf32>, tensor<100x40xf32>) -> tensor<200x40xf32>
  %s = sinter.reduce sum %d dims = [0] : tensor<200x40xf32> -> tensor<40xf32>
  return %d, %s : tensor<200x40xf32>, tensor<40xf32>
}

// REMARK: [Missed] partial-sums {{.*}}Function=few_rows | Reason="parts of fewer than 128 rows leave too much to add up"
func.func @few_rows(%g: tensor<127x100xf32>, %w: tensor<100x400xf32>) -> (tensor<127x400xf32>, tensor<400xf32>) {
  %d = sinter.dot_general %g, %w batch = [] x [] contract = [1] x [0] : (tensor<127x100xf32>, tensor<100x400xf32>) -> tensor<127x400xf32>
  %s = sinter.reduce sum %d dims = [0] : tensor<127x400xf32> -> tensor<400xf32>
  return %d, %s : tensor<127x400xf32>, tensor<400xf32>
}
// Rows of two dimensions: a layer that works on each place of a row.
// REMARK: [Passed] partial-sums {{.*}}Function=places | Parts=42, {{.*}}RowsPerPart=96
// CHECK-LABEL: func.func @places(
// CHECK: sinter.kernel {{.*}} -> tensor<?x4x400xf32>, tensor<42x400xf32>
// CHECK: linalg.generic {indexing_maps = [{{.*}}#[[PARTSOFPLACES]]], iterator_types = ["reduction", "reduction", "parallel"]}
func.func @places(%g: tensor<?x4x100xf32>, %w: tensor<100x400xf32>, %p: tensor<?x4x400xi1>, %r: tensor<?x4xf32>) -> (tensor<?x4x400xf32>, tensor<400xf32>) {
  %d = sinter.dot_general %g, %w batch = [] x [] contract = [2] x [0] : (tensor<?x4x100xf32>, tensor<100x400xf32>) -> tensor<?x4x400xf32>
  %b = sinter.broadcast %r dims = [0, 1] : tensor<?x4xf32> -> tensor<?x4x400xf32>
  %e = sinter.select %p, %d, %b : tensor<?x4x400xf32>
  %s = sinter.reduce sum %e dims = [0, 1] : tensor<?x4x400xf32> -> tensor<400xf32>
  return %e, %s : tensor<?x4x400xf32>, tensor<400xf32>
}

// Where tiles cannot run over places of several rows, sums are left to others: a value for each place, an index.
// REMARK: [Missed] partial-sums {{.*}}Function=by_place | Reason="what the product's kernel computes needs more than the number of a row"
// CHECK-LABEL: func.func @by_place(
// CHECK: sinter.kernel {{.*}} -> tensor<?x4x400xf32> {
// CHECK: sinter.kernel {{.*}} -> tensor<400xf32> {
func.func @by_place(%g: tensor<?x4x100xf32>, %w: tensor<100x400xf32>, %t: tensor<4x400xf32>) -> (tensor<?x4x400xf32>, tensor<400xf32>) {
  %d = sinter.dot_general %g, %w batch = [] x [] contract = [2] x [0] : (tensor<?x4x100xf32>, tensor<100x400xf32>) -> tensor<?x4x400xf32>
  %b = sinter.broadcast %t dims = [1, 2] : tensor<4x400xf32> -> tensor<?x4x400xf32>
  %e = sinter.add %d, %b : tensor<?x4x400xf32>
  %s = sinter.reduce sum %e dims = [0, 1] : tensor<?x4x400xf32> -> tensor<400xf32>
  return %e, %s : tensor<?x4x400xf32>, tensor<400xf32>
}

// REMARK: [Missed] partial-sums {{.*}}Function=by_index | Reason="what the product's kernel computes needs more than the number of a row"
// CHECK-LABEL: func.func @by_index(
// CHECK: sinter.kernel {{.*}} -> tensor<?x4x400xf32> {
// CHECK: sinter.kernel {{.*}} -> tensor<400xf32> {
func.func @by_index(%g: tensor<?x4x100xf32>, %w: tensor<100x400xf32>, %z: tensor<?x4x400xf32>) -> (tensor<?x4x400xf32>, tensor<400xf32>) {
  %d = sinter.dot_general %g, %w batch = [] x [] contract = [2] x [0] : (tensor<?x4x100xf32>, tensor<100x400xf32>) -> tensor<?x4x400xf32>
  %i = sinter.iota dim = 1 : tensor<?x4x400xi32>
  %j = sinter.iota dim = 2 : tensor<?x4x400xi32>
  %c = sinter.compare le, %i, %j : tensor<?x4x400xi32>
  %e = sinter.select %c, %d, %z : tensor<?x4x400xf32>
  %s = sinter.reduce sum %e dims = [0, 1] : tensor<?x4x400xf32> -> tensor<400xf32>
  return %e, %s : tensor<?x4x400xf32>, tensor<400xf32>
}
}
