// Sums of columns are begun by the kernel of rows that has at hand what is added up, one row of sums for each part of the
// rows; a kernel of columns adds up what the parts leave.
// DEFINE: %{lower} = sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse
// RUN: %{lower} --sinter-fuse-kernels | FileCheck %s
// RUN: %{lower} --sinter-fuse-kernels --remark-policy=all --remarks-filter=fusion -o /dev/null 2>&1 | grep '] partial-sums' | FileCheck %s --check-prefix=REMARK
// RUN: %{lower} --sinter-fuse-kernels=without=partials | FileCheck %s --check-prefix=ALONE --implicit-check-not=floordiv
// RUN: %{lower} --sinter-fuse-kernels=without=rows | FileCheck %s --check-prefix=ALONE --implicit-check-not=floordiv

// ALONE: func.func @scale_and_shift

// 1000 rows are 27 parts of 36 and one of 28.
// CHECK-DAG: #[[PARTS:.*]] = affine_map<(d0, d1) -> (d0 floordiv 36, d1)>
// CHECK-DAG: #[[PARTSOFPLACES:.*]] = affine_map<(d0, d1, d2) -> ((d0 * 8 + d1) floordiv 128, d2)>
// CHECK-DAG: #[[HALVES:.*]] = affine_map<(d0, d1, d2) -> (d0 * 2 + d1 floordiv 256, d2)>

module attributes {sinter.batch = 1000 : i64} {

// The gradients of a norm's scale and shift: neither a tensor nor statistics are kept, and both sums are one kernel each way.
// REMARK: [Passed] partial-sums {{.*}}Function=scale_and_shift | Parts=28, {{.*}}RowsPerPart=36
// REMARK: [Passed] partial-sums {{.*}}Function=scale_and_shift | Parts=28, {{.*}}RowsPerPart=36
// CHECK-LABEL: func.func @scale_and_shift(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x384xf32>, %[[G:[^:]*]]: tensor<?x384xf32>
// CHECK: %[[ROWS:.*]]:3 = sinter.kernel {{.*}} ins(%[[X]], %[[G]] :{{.*}} -> tensor<?x384xf32>, tensor<28x384xf32>, tensor<28x384xf32>
// CHECK: indexing_maps = [{{.*}}#[[PARTS]]], iterator_types = ["reduction", "parallel"]
// CHECK: indexing_maps = [{{.*}}#[[PARTS]]], iterator_types = ["reduction", "parallel"]
// CHECK: %[[COLUMNS:.*]]:2 = sinter.kernel {{.*}} ins(%[[ROWS]]#1, %[[ROWS]]#2 :{{.*}} -> tensor<384xf32>, tensor<384xf32>
// CHECK-NOT: sinter.kernel
// CHECK: return %[[ROWS]]#0, %[[COLUMNS]]#0, %[[COLUMNS]]#1
func.func @scale_and_shift(%x: tensor<?x384xf32>, %g: tensor<?x384xf32>)
    -> (tensor<?x384xf32>, tensor<384xf32>, tensor<384xf32>) {
  %m = sinter.reduce sum %x dims = [1] : tensor<?x384xf32> -> tensor<?xf32>
  %b = sinter.broadcast %m dims = [0] : tensor<?xf32> -> tensor<?x384xf32>
  %c = sinter.sub %x, %b : tensor<?x384xf32>
  %s = sinter.reduce sum %c dims = [1] : tensor<?x384xf32> -> tensor<?xf32>
  %d = sinter.broadcast %s dims = [0] : tensor<?xf32> -> tensor<?x384xf32>
  %r = sinter.mul %d, %g : tensor<?x384xf32>
  %p = sinter.mul %g, %c : tensor<?x384xf32>
  %scale = sinter.reduce sum %p dims = [0] : tensor<?x384xf32> -> tensor<384xf32>
  %shift = sinter.reduce sum %g dims = [0] : tensor<?x384xf32> -> tensor<384xf32>
  return %r, %scale, %shift : tensor<?x384xf32>, tensor<384xf32>, tensor<384xf32>
}

// What the rows make is added up, and what follows on the columns stays with the sums.
// REMARK: [Passed] partial-sums {{.*}}Function=made_here
// CHECK-LABEL: func.func @made_here(
// CHECK: %[[ROWS:.*]]:2 = sinter.kernel {{.*}} -> tensor<?x384xf32>, tensor<28x384xf32>
// CHECK: %[[SUM:.*]] = sinter.kernel {{.*}} ins(%[[ROWS]]#1, %{{.*}} -> tensor<384xf32>
// CHECK-NOT: sinter.kernel
// CHECK: return %[[ROWS]]#0, %[[SUM]]
func.func @made_here(%x: tensor<?x384xf32>, %w: tensor<384xf32>) -> (tensor<?x384xf32>, tensor<384xf32>) {
  %y = sinter.softmax %x dim = 1 : tensor<?x384xf32>
  %s = sinter.reduce sum %y dims = [0] : tensor<?x384xf32> -> tensor<384xf32>
  %n = sinter.sub %w, %s : tensor<384xf32>
  return %y, %n : tensor<?x384xf32>, tensor<384xf32>
}

// Of a square, the rows' sums and the columns' are not mistaken for each other.
// REMARK: [Passed] partial-sums {{.*}}Function=square
// CHECK-LABEL: func.func @square(
// CHECK: %[[ROWS:.*]]:2 = sinter.kernel {{.*}} -> tensor<256xf32>, tensor<8x256xf32>
// CHECK: %[[SUM:.*]] = sinter.kernel {{.*}} ins(%[[ROWS]]#1
// CHECK: return %[[ROWS]]#0, %[[SUM]]
func.func @square(%x: tensor<256x256xf32>) -> (tensor<256xf32>, tensor<256xf32>) {
  %r = sinter.reduce max %x dims = [1] : tensor<256x256xf32> -> tensor<256xf32>
  %s = sinter.reduce sum %x dims = [0] : tensor<256x256xf32> -> tensor<256xf32>
  return %r, %s : tensor<256xf32>, tensor<256xf32>
}

// REMARK: [Missed] partial-sums {{.*}}Function=small | Reason="what is added up stays in the first-level cache of 32768 bytes"
func.func @small(%x: tensor<64x64xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %r = sinter.reduce sum %x dims = [1] : tensor<64x64xf32> -> tensor<64xf32>
  %s = sinter.reduce sum %x dims = [0] : tensor<64x64xf32> -> tensor<64xf32>
  return %r, %s : tensor<64xf32>, tensor<64xf32>
}

// REMARK: [Missed] partial-sums {{.*}}Function=many_columns | Reason="a row of sums takes more than half of the second-level cache of 524288 bytes"
func.func @many_columns(%x: tensor<128x70000xf32>) -> (tensor<128xf32>, tensor<70000xf32>) {
  %r = sinter.reduce sum %x dims = [1] : tensor<128x70000xf32> -> tensor<128xf32>
  %s = sinter.reduce sum %x dims = [0] : tensor<128x70000xf32> -> tensor<70000xf32>
  return %r, %s : tensor<128xf32>, tensor<70000xf32>
}

// REMARK: [Missed] partial-sums {{.*}}Function=few_rows | Reason="parts of fewer than 128 rows leave too much to add up"
func.func @few_rows(%x: tensor<127x384xf32>) -> (tensor<127xf32>, tensor<384xf32>) {
  %r = sinter.reduce sum %x dims = [1] : tensor<127x384xf32> -> tensor<127xf32>
  %s = sinter.reduce sum %x dims = [0] : tensor<127x384xf32> -> tensor<384xf32>
  return %r, %s : tensor<127xf32>, tensor<384xf32>
}

// REMARK: [Missed] partial-sums {{.*}}Function=maximum | Reason="only floating-point sums of a fixed number of columns are begun elsewhere"
func.func @maximum(%x: tensor<?x384xf32>) -> (tensor<?xf32>, tensor<384xf32>) {
  %r = sinter.reduce sum %x dims = [1] : tensor<?x384xf32> -> tensor<?xf32>
  %s = sinter.reduce max %x dims = [0] : tensor<?x384xf32> -> tensor<384xf32>
  return %r, %s : tensor<?xf32>, tensor<384xf32>
}

// REMARK: [Missed] partial-sums {{.*}}Function=other_tensor | Reason="no kernel of rows that could run at that place reads or makes what is added up"
func.func @other_tensor(%x: tensor<?x384xf32>, %y: tensor<?x384xf32>) -> (tensor<?xf32>, tensor<384xf32>) {
  %r = sinter.reduce sum %x dims = [1] : tensor<?x384xf32> -> tensor<?xf32>
  %s = sinter.reduce sum %y dims = [0] : tensor<?x384xf32> -> tensor<384xf32>
  return %r, %s : tensor<?xf32>, tensor<384xf32>
}

// Rows of two dimensions: 8000 of them.
// REMARK: [Passed] partial-sums {{.*}}Function=places | Parts=63, {{.*}}RowsPerPart=128
// CHECK-LABEL: func.func @places(
// CHECK: %[[ROWS:.*]]:2 = sinter.kernel {{.*}} -> tensor<?x8x384xf32>, tensor<63x384xf32>
// CHECK: indexing_maps = [{{.*}}#[[PARTSOFPLACES]]], iterator_types = ["reduction", "reduction", "parallel"]
// CHECK: %[[SUM:.*]] = sinter.kernel {{.*}} ins(%[[ROWS]]#1, %{{.*}} -> tensor<384xf32>
// CHECK-NOT: sinter.kernel
// CHECK: return %[[ROWS]]#0, %[[SUM]]
func.func @places(%x: tensor<?x8x384xf32>, %w: tensor<384xf32>) -> (tensor<?x8x384xf32>, tensor<384xf32>) {
  %y = sinter.softmax %x dim = 2 : tensor<?x8x384xf32>
  %s = sinter.reduce sum %y dims = [0, 1] : tensor<?x8x384xf32> -> tensor<384xf32>
  %n = sinter.sub %w, %s : tensor<384xf32>
  return %y, %n : tensor<?x8x384xf32>, tensor<384xf32>
}

// Places of which a part has half: the number of a part is written without a division of the row's.
// REMARK: [Passed] partial-sums {{.*}}Function=many_places | Parts=64, {{.*}}RowsPerPart=256
// CHECK-LABEL: func.func @many_places(
// CHECK: sinter.kernel {{.*}} -> tensor<32x512x384xf32>, tensor<64x384xf32>
// CHECK: indexing_maps = [{{.*}}#[[HALVES]]], iterator_types = ["reduction", "reduction", "parallel"]
func.func @many_places(%x: tensor<32x512x384xf32>, %w: tensor<384xf32>) -> (tensor<32x512x384xf32>, tensor<384xf32>) {
  %y = sinter.softmax %x dim = 2 : tensor<32x512x384xf32>
  %s = sinter.reduce sum %y dims = [0, 1] : tensor<32x512x384xf32> -> tensor<384xf32>
  %n = sinter.sub %w, %s : tensor<384xf32>
  return %y, %n : tensor<32x512x384xf32>, tensor<384xf32>
}

// REMARK-NOT: partial-sums
}
