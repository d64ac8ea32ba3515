// Sums over columns of what a row kernel's statistics make: the statistics are kept, no tensor is.
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels | FileCheck %s

// The gradients of a norm's scale and shift: the row kernel gives the mean of each row besides its own result; both sums
// are one pass over the cotangent and the input.
// CHECK-LABEL: func.func @scale_of_centered(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x8xf32>, %[[G:[^:]*]]: tensor<?x8xf32>
// CHECK: %[[ROWS:.*]]:2 = sinter.kernel {{.*}} ins(%[[X]], %[[G]] :{{.*}} -> tensor<?xf32>, tensor<?x8xf32>
// CHECK: %[[COLUMNS:.*]]:2 = sinter.kernel {{.*}} ins(%[[G]], %[[X]], %[[ROWS]]#0 :{{.*}} -> tensor<8xf32>, tensor<8xf32>
// CHECK-NOT: sinter.kernel
// CHECK: return %[[ROWS]]#1, %[[COLUMNS]]#0, %[[COLUMNS]]#1
func.func @scale_of_centered(%x: tensor<?x8xf32>, %g: tensor<?x8xf32>)
    -> (tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %m = sinter.reduce sum %x dims = [1] : tensor<?x8xf32> -> tensor<?xf32>
  %b = sinter.broadcast %m dims = [0] : tensor<?xf32> -> tensor<?x8xf32>
  %c = sinter.sub %x, %b : tensor<?x8xf32>
  %s = sinter.reduce sum %c dims = [1] : tensor<?x8xf32> -> tensor<?xf32>
  %d = sinter.broadcast %s dims = [0] : tensor<?xf32> -> tensor<?x8xf32>
  %r = sinter.mul %d, %g : tensor<?x8xf32>
  %p = sinter.mul %g, %c : tensor<?x8xf32>
  %scale = sinter.reduce sum %p dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  %shift = sinter.reduce sum %g dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  return %r, %scale, %shift : tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>
}

// What is dear to compute again stays with the rows.
// CHECK-LABEL: func.func @exponentials_are_kept(
// CHECK: %[[ROWS:.*]] = sinter.kernel {{.*}} -> tensor<?x8xf32>
// CHECK: %[[SUM:.*]] = sinter.kernel {{.*}} ins(%[[ROWS]] :{{.*}} -> tensor<8xf32>
// CHECK: return %[[SUM]]
func.func @exponentials_are_kept(%x: tensor<?x8xf32>) -> tensor<8xf32> {
  %m = sinter.reduce sum %x dims = [1] : tensor<?x8xf32> -> tensor<?xf32>
  %b = sinter.broadcast %m dims = [0] : tensor<?xf32> -> tensor<?x8xf32>
  %c = sinter.sub %x, %b : tensor<?x8xf32>
  %e = sinter.exp %c : tensor<?x8xf32>
  %s = sinter.reduce sum %e dims = [0] : tensor<?x8xf32> -> tensor<8xf32>
  return %s : tensor<8xf32>
}
