// RUN: sinter-opt %s --sinter-plan-memory --split-input-file | FileCheck %s

// State follows the table; scratch is shared by live ranges; results are computed in place.

// CHECK-LABEL: module @in_place
// CHECK-SAME: sinter.scratch_bytes = 128 : i64
// CHECK-SAME: sinter.state_bytes = 128 : i64
module @in_place attributes {sinter.batch = 4 : i64} {
  sinter.state "w" parameter : tensor<3xf32>
  sinter.state "m" optimizer : tensor<3xf32>
  func.func private @unary(%a: memref<4x3xf32>, %o: memref<4x3xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @total(%a: memref<4x3xf32>, %o: memref<f32>, %rows: index, %lo: index, %hi: index)
  func.func private @sum_rows(%a: memref<4x3xf32>, %o: memref<3xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @update(%g: memref<3xf32>, %w: memref<3xf32>, %m: memref<3xf32>, %rows: index, %lo: index, %hi: index)

  // CHECK-LABEL: func.func @train_step
  // CHECK-SAME: %[[STATE:.*]]: memref<128xi8> {sinter.role = "state"}
  // CHECK-SAME: %[[SCRATCH:.*]]: memref<128xi8> {sinter.role = "scratch"}
  // CHECK-SAME: %[[X:.*]]: memref<4x3xf32> {sinter.name = "x", sinter.role = "input", sinter.type = tensor<?x3xf32>}
  // CHECK-SAME: %[[LOSS:.*]]: memref<f32> {{.*}}"loss"
  // CHECK-SAME: %[[ROWS:.*]]: index {sinter.role = "rows"}) attributes {sinter.scratch_bytes = 128 : i64}
  func.func @train_step(%w: tensor<3xf32> {sinter.role = "state", sinter.name = "w"},
                        %m: tensor<3xf32> {sinter.role = "state", sinter.name = "m"},
                        %x: tensor<?x3xf32> {sinter.role = "input", sinter.name = "x"})
      -> (tensor<3xf32> {sinter.role = "state", sinter.name = "w"}, tensor<3xf32> {sinter.role = "state", sinter.name = "m"},
          tensor<f32> {sinter.role = "loss", sinter.name = "loss"}) {
    %c0 = arith.constant 0 : index
    %n = tensor.dim %x, %c0 : tensor<?x3xf32>
    %e = tensor.empty(%n) : tensor<?x3xf32>
    // CHECK: %[[A:.*]] = memref.view %[[SCRATCH]][%c0{{.*}}][] : memref<128xi8> to memref<4x3xf32>
    // CHECK: sinter.launch @unary items #map rows(%[[ROWS]]) ins(%[[X]] : memref<4x3xf32>) outs(%[[A]] : memref<4x3xf32>)
    %a = sinter.launch @unary items affine_map<(d0) -> (d0)> ins(%x : tensor<?x3xf32>) outs(%e : tensor<?x3xf32>) -> tensor<?x3xf32>
    // CHECK: %[[B:.*]] = memref.view %[[SCRATCH]][%c64{{.*}}][]
    // CHECK: sinter.launch @unary {{.*}} ins(%[[A]] : {{.*}} outs(%[[B]] :
    %b = sinter.launch @unary items affine_map<(d0) -> (d0)> ins(%a : tensor<?x3xf32>) outs(%e : tensor<?x3xf32>) -> tensor<?x3xf32>
    // CHECK: sinter.launch @unary {{.*}} ins(%[[B]] : {{.*}} outs(%[[C:.*]] :
    %c = sinter.launch @unary items affine_map<(d0) -> (d0)> ins(%b : tensor<?x3xf32>) outs(%e : tensor<?x3xf32>) -> tensor<?x3xf32>
    %e1 = tensor.empty() : tensor<f32>
    // CHECK: sinter.launch @total {{.*}} ins(%[[C]] : {{.*}} outs(%[[LOSS]] :
    %l = sinter.launch @total items affine_map<(d0) -> (1)> ins(%c : tensor<?x3xf32>) outs(%e1 : tensor<f32>) -> tensor<f32>
    %e2 = tensor.empty() : tensor<3xf32>
    // CHECK: %[[G:.*]] = memref.view %[[SCRATCH]][%c0
    %g = sinter.launch @sum_rows items affine_map<(d0) -> (1)> ins(%b : tensor<?x3xf32>) outs(%e2 : tensor<3xf32>) -> tensor<3xf32>
    // CHECK-DAG: %[[W:.*]] = memref.view %[[STATE]][%c0
    // CHECK-DAG: %[[M:.*]] = memref.view %[[STATE]][%c64
    // CHECK: sinter.launch @update {{.*}} outs(%[[W]], %[[M]] :
    // CHECK-NOT: memref.copy
    %w1, %m1 = sinter.launch @update items affine_map<(d0) -> (1)> ins(%g : tensor<3xf32>) outs(%w, %m : tensor<3xf32>, tensor<3xf32>)
        -> tensor<3xf32>, tensor<3xf32>
    return %w1, %m1, %l : tensor<3xf32>, tensor<3xf32>, tensor<f32>
  }
}

// -----

// A reader of the old value after the update forces a copy, and so does an update that is not returned as this state.

// CHECK-LABEL: module @copies
module @copies attributes {sinter.batch = 4 : i64} {
  sinter.state "w" parameter : tensor<3xf32>
  func.func private @scale(%w: memref<3xf32>, %rows: index, %lo: index, %hi: index)
  // CHECK-LABEL: func.func @old_value_read_later
  // CHECK-DAG: %[[W:.*]] = memref.view %arg0[
  // CHECK-DAG: %[[COPY:.*]] = memref.view %arg1[
  // CHECK: memref.copy %[[W]], %[[COPY]]
  // CHECK: sinter.launch @scale {{.*}} outs(%[[COPY]] :
  // CHECK: memref.copy %[[W]], %[[SAVED:.*]] :
  // CHECK: memref.copy %[[COPY]], %{{.*}}
  // CHECK: memref.copy %[[SAVED]], %arg2
  func.func @old_value_read_later(%w: tensor<3xf32> {sinter.role = "state", sinter.name = "w"})
      -> (tensor<3xf32> {sinter.role = "state", sinter.name = "w"}, tensor<3xf32> {sinter.role = "output", sinter.name = "old"}) {
    %0 = sinter.launch @scale items affine_map<(d0) -> (1)> outs(%w : tensor<3xf32>) -> tensor<3xf32>
    return %0, %w : tensor<3xf32>, tensor<3xf32>
  }
  // CHECK-LABEL: func.func @not_state
  // CHECK: memref.copy %{{.*}}, %arg1
  // CHECK: sinter.launch @scale {{.*}} outs(%arg1 :
  func.func @not_state(%w: tensor<3xf32> {sinter.role = "state", sinter.name = "w"})
      -> (tensor<3xf32> {sinter.role = "output", sinter.name = "scaled"}) {
    %0 = sinter.launch @scale items affine_map<(d0) -> (1)> outs(%w : tensor<3xf32>) -> tensor<3xf32>
    return %0 : tensor<3xf32>
  }
}

// -----

// A copy to or from a caller's buffer touches only the rows of this call; a reshape is a view; constants become data.

// CHECK-LABEL: module @views
module @views attributes {sinter.batch = 4 : i64} {
  // CHECK: memref.global "private" constant @constant_0 : memref<2x2xf32> = dense<{{.*}}> {alignment = 64 : i64}
  func.func private @k(%a: memref<4x6xf32>, %c: memref<4xf32>, %o: memref<4x6xf32>, %rows: index, %lo: index, %hi: index)
  // CHECK-LABEL: func.func @predict
  // CHECK-SAME: %[[X:.*]]: memref<4x2x3xf32> {{.*}}, %[[Y:.*]]: memref<4x2x3xf32> {{.*}}, %[[SAME:.*]]: memref<4x2x3xf32> {{.*}}, %[[ROWS:.*]]: index
  // CHECK: %[[X2:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [4, 6], strides: [6, 1]
  // CHECK: %[[C:.*]] = memref.get_global @constant_0
  // CHECK: %[[Y2:.*]] = memref.reinterpret_cast %[[Y]] to offset: [0], sizes: [4, 6], strides: [6, 1]
  // CHECK: sinter.launch @k {{.*}} outs(%[[Y2]] :
  // CHECK: %[[FROM:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [%[[ROWS]], 2, 3]
  // CHECK: %[[TO:.*]] = memref.reinterpret_cast %[[SAME]] to offset: [0], sizes: [%[[ROWS]], 2, 3]
  // CHECK: memref.copy %[[FROM]], %[[TO]] : memref<?x2x3xf32> to memref<?x2x3xf32>
  func.func @predict(%x: tensor<?x2x3xf32> {sinter.role = "input", sinter.name = "x"})
      -> (tensor<?x2x3xf32> {sinter.role = "output", sinter.name = "y"}, tensor<?x2x3xf32> {sinter.role = "output", sinter.name = "same"}) {
    %c = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
    %c1 = sinter.reshape %c : tensor<2x2xf32> -> tensor<4xf32>
    %0 = sinter.reshape %x : tensor<?x2x3xf32> -> tensor<?x6xf32>
    %c0 = arith.constant 0 : index
    %n = tensor.dim %x, %c0 : tensor<?x2x3xf32>
    %e = tensor.empty(%n) : tensor<?x6xf32>
    %y = sinter.launch @k items affine_map<(d0) -> (d0)> ins(%0, %c1 : tensor<?x6xf32>, tensor<4xf32>) outs(%e : tensor<?x6xf32>) -> tensor<?x6xf32>
    %1 = sinter.reshape %y : tensor<?x6xf32> -> tensor<?x2x3xf32>
    return %1, %x : tensor<?x2x3xf32>, tensor<?x2x3xf32>
  }
}
