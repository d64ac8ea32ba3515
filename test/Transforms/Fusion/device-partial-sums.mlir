// Where a GPU takes the steps, its costs decide whether a kernel of rows begins sums of columns, and how many rows are a part.
// DEFINE: %{lower} = sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse
// RUN: %{lower} --sinter-fuse-kernels=device=true | FileCheck %s
// RUN: %{lower} --sinter-fuse-kernels=device=true --remark-policy=all --remarks-filter=fusion -o /dev/null 2>&1 | grep '] partial-sums' | FileCheck %s --check-prefix=REMARK
// RUN: %{lower} --sinter-fuse-kernels="device=true without=partials" | FileCheck %s --check-prefix=ALONE --implicit-check-not=floordiv

// ALONE: func.func @scale_and_shift

// CHECK: #[[PARTS:.*]] = affine_map<(d0, d1) -> (d0 floordiv 125, d1)>

module attributes {sinter.batch = 65536 : i64} {

// Nothing of the matrices' size is written but the result, and each is read once.
// REMARK: [Passed] partial-sums {{.*}}Function=scale_and_shift | Parts=525, {{.*}}RowsPerPart=125
// REMARK: [Passed] partial-sums {{.*}}Function=scale_and_shift | Parts=525, {{.*}}RowsPerPart=125
// CHECK-LABEL: func.func @scale_and_shift(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x1024xf32>, %[[G:[^:]*]]: tensor<?x1024xf32>
// CHECK: %[[ROWS:.*]]:3 = sinter.kernel {{.*}} ins(%[[X]], %[[G]] :{{.*}} -> tensor<?x1024xf32>, tensor<525x1024xf32>, tensor<525x1024xf32>
// CHECK: indexing_maps = [{{.*}}#[[PARTS]]], iterator_types = ["reduction", "parallel"]
// CHECK: indexing_maps = [{{.*}}#[[PARTS]]], iterator_types = ["reduction", "parallel"]
// CHECK: %[[COLUMNS:.*]]:2 = sinter.kernel {{.*}} ins(%[[ROWS]]#1, %[[ROWS]]#2 :{{.*}} -> tensor<1024xf32>, tensor<1024xf32>
// CHECK-NOT: sinter.kernel
// CHECK: return %[[ROWS]]#0, %[[COLUMNS]]#0, %[[COLUMNS]]#1
func.func @scale_and_shift(%x: tensor<?x1024xf32>, %g: tensor<?x1024xf32>)
    -> (tensor<?x1024xf32>, tensor<1024xf32>, tensor<1024xf32>) {
  %m = sinter.reduce sum %x dims = [1] : tensor<?x1024xf32> -> tensor<?xf32>
  %b = sinter.broadcast %m dims = [0] : tensor<?xf32> -> tensor<?x1024xf32>
  %c = sinter.sub %x, %b : tensor<?x1024xf32>
  %s = sinter.reduce sum %c dims = [1] : tensor<?x1024xf32> -> tensor<?xf32>
  %d = sinter.broadcast %s dims = [0] : tensor<?xf32> -> tensor<?x1024xf32>
  %r = sinter.mul %d, %g : tensor<?x1024xf32>
  %p = sinter.mul %g, %c : tensor<?x1024xf32>
  %scale = sinter.reduce sum %p dims = [0] : tensor<?x1024xf32> -> tensor<1024xf32>
  %shift = sinter.reduce sum %g dims = [0] : tensor<?x1024xf32> -> tensor<1024xf32>
  return %r, %scale, %shift : tensor<?x1024xf32>, tensor<1024xf32>, tensor<1024xf32>
}

// A row of sums for eight rows at least.
// REMARK: [Passed] partial-sums {{.*}}Function=fewer_rows | Parts=512, {{.*}}RowsPerPart=8
func.func @fewer_rows(%x: tensor<4096x2048xf32>) -> (tensor<4096xf32>, tensor<2048xf32>) {
  %r = sinter.reduce sum %x dims = [1] : tensor<4096x2048xf32> -> tensor<4096xf32>
  %s = sinter.reduce sum %x dims = [0] : tensor<4096x2048xf32> -> tensor<2048xf32>
  return %r, %s : tensor<4096xf32>, tensor<2048xf32>
}

// A block that has eight rows one after the other would take longer than reading all of them again.
// REMARK: [Missed] partial-sums {{.*}}Function=latency | Reason="it would save 0.98 us and cost 7.73 us"
func.func @latency(%x: tensor<1000x1024xf32>) -> (tensor<1000xf32>, tensor<1024xf32>) {
  %r = sinter.reduce sum %x dims = [1] : tensor<1000x1024xf32> -> tensor<1000xf32>
  %s = sinter.reduce sum %x dims = [0] : tensor<1000x1024xf32> -> tensor<1024xf32>
  return %r, %s : tensor<1000xf32>, tensor<1024xf32>
}

// REMARK: [Missed] partial-sums {{.*}}Function=small | Reason="it would save 0.00 us and cost
func.func @small(%x: tensor<64x64xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %r = sinter.reduce sum %x dims = [1] : tensor<64x64xf32> -> tensor<64xf32>
  %s = sinter.reduce sum %x dims = [0] : tensor<64x64xf32> -> tensor<64xf32>
  return %r, %s : tensor<64xf32>, tensor<64xf32>
}

// REMARK: [Missed] partial-sums {{.*}}Function=few_rows | Reason="all 8 rows are one part"
func.func @few_rows(%x: tensor<8x1024xf32>) -> (tensor<8xf32>, tensor<1024xf32>) {
  %r = sinter.reduce sum %x dims = [1] : tensor<8x1024xf32> -> tensor<8xf32>
  %s = sinter.reduce sum %x dims = [0] : tensor<8x1024xf32> -> tensor<1024xf32>
  return %r, %s : tensor<8xf32>, tensor<1024xf32>
}

// REMARK: [Missed] partial-sums {{.*}}Function=many_columns | Reason="a row of 20000 columns and 1 sum(s) of each do not stay in a block's registers"
func.func @many_columns(%x: tensor<?x20000xf32>) -> (tensor<?xf32>, tensor<20000xf32>) {
  %r = sinter.reduce sum %x dims = [1] : tensor<?x20000xf32> -> tensor<?xf32>
  %s = sinter.reduce sum %x dims = [0] : tensor<?x20000xf32> -> tensor<20000xf32>
  return %r, %s : tensor<?xf32>, tensor<20000xf32>
}

// REMARK-NOT: partial-sums
}
