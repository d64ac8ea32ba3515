// A state tensor's new value is written in its place, behind every reader of the old value; where that cannot be, into new
// storage, and a remark says why.
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels | FileCheck %s
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels --remark-policy=all --remarks-filter=fusion -o /dev/null 2>&1 \
// RUN:   | FileCheck %s --check-prefix=REMARK --implicit-check-not='] in-place'

!vector = tensor<8xf32>
!matrix = tensor<4x4xf32>

// CHECK-LABEL: func.func @at_the_element_that_is_written(
// CHECK-SAME: %[[W:[^:]*]]: tensor<8xf32> {{.*}}, %[[G:[^:]*]]: tensor<8xf32>
// CHECK-NEXT: %[[KERNEL:.*]] = sinter.kernel "sub" {{.*}} ins(%[[G]] : {{.*}} outs(%[[W]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: tensor<8xf32>, %[[OUT:[^:]*]]: tensor<8xf32>):
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {{.*}} ins(%[[OUT]], %[[IN]] : {{.*}} outs(%[[OUT]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[IN1:[^:]*]]: f32,
// CHECK-NEXT: arith.subf %[[IN]], %[[IN1]]
// CHECK: sinter.yield %[[GENERIC]]
// CHECK: return %[[KERNEL]]
// REMARK: remark: [Passed] in-place | Category:fusion | Function=at_the_element_that_is_written | Remark="'w' is updated in place"
func.func @at_the_element_that_is_written(%w: !vector {sinter.role = "state", sinter.name = "w"}, %g: !vector)
    -> (!vector {sinter.role = "state", sinter.name = "w"}) {
  %n = sinter.sub %w, %g : !vector
  return %n : !vector
}

// The penalty's kernel stands later in the text, but reads the old value.
// CHECK-LABEL: func.func @reader_of_the_old_value_first(
// CHECK-SAME: %[[W:[^:]*]]: tensor<8xf32> {{.*}}, %[[G:[^:]*]]: tensor<8xf32>
// CHECK: %[[PENALTY:.*]] = sinter.kernel "square_reduce" {{.*}} ins(%[[W]] :
// CHECK: %[[NEW:.*]] = sinter.kernel "sub" {{.*}} ins(%[[G]] : {{.*}} outs(%[[W]] :
// CHECK: return %[[NEW]], %[[PENALTY]]
// REMARK: Function=reader_of_the_old_value_first | {{.*}}Remark="kernel 'square_reduce' of strategy row
// REMARK: [Passed] in-place {{.*}} Function=reader_of_the_old_value_first | Remark="'w' is updated in place"
func.func @reader_of_the_old_value_first(%w: !vector {sinter.role = "state", sinter.name = "w"}, %g: !vector)
    -> (!vector {sinter.role = "state", sinter.name = "w"}, tensor<f32>) {
  %n = sinter.sub %w, %g : !vector
  %e = sinter.square %w : !vector
  %p = sinter.reduce sum %e dims = [0] : !vector -> tensor<f32>
  return %n, %p : !vector, tensor<f32>
}

// A view of the old value is the old value.
// CHECK-LABEL: func.func @reader_of_a_view_first(
// CHECK-SAME: %[[W:[^:]*]]: tensor<4x4xf32> {{.*}}, %[[G:[^:]*]]: tensor<4x4xf32>
// CHECK: %[[RESHAPE:.*]] = sinter.reshape %[[W]]
// CHECK: %[[SUM:.*]] = sinter.kernel "reduce" {{.*}} ins(%[[RESHAPE]] :
// CHECK: %[[NEW:.*]] = sinter.kernel "sub" {{.*}} ins(%[[G]] : {{.*}} outs(%[[W]] :
// CHECK: return %[[NEW]], %[[SUM]]
// REMARK: [Passed] in-place {{.*}} Function=reader_of_a_view_first | Remark="'w' is updated in place"
func.func @reader_of_a_view_first(%w: !matrix {sinter.role = "state", sinter.name = "w"}, %g: !matrix)
    -> (!matrix {sinter.role = "state", sinter.name = "w"}, tensor<f32>) {
  %n = sinter.sub %w, %g : !matrix
  %v = sinter.reshape %w : !matrix -> tensor<16xf32>
  %p = sinter.reduce sum %v dims = [0] : tensor<16xf32> -> tensor<f32>
  return %n, %p : !matrix, tensor<f32>
}

// CHECK-LABEL: func.func @old_value_returned(
// CHECK-SAME: %[[W:[^:]*]]: tensor<8xf32> {{.*}}, %[[G:[^:]*]]: tensor<8xf32>
// CHECK: %[[EMPTY:.*]] = tensor.empty() : tensor<8xf32>
// CHECK: %[[NEW:.*]] = sinter.kernel "sub" {{.*}} ins(%[[W]], %[[G]] : {{.*}} outs(%[[EMPTY]] :
// CHECK: return %[[NEW]], %[[W]]
// REMARK: [Missed] in-place {{.*}} Function=old_value_returned | Reason="the old value is returned", Remark="'w' gets new storage and is copied"
func.func @old_value_returned(%w: !vector {sinter.role = "state", sinter.name = "w"}, %g: !vector)
    -> (!vector {sinter.role = "state", sinter.name = "w"}, !vector) {
  %n = sinter.sub %w, %g : !vector
  return %n, %w : !vector, !vector
}

// CHECK-LABEL: func.func @transposed(
// CHECK-SAME: %[[W:[^:]*]]: tensor<4x4xf32>
// CHECK: %[[EMPTY:.*]] = tensor.empty() : tensor<4x4xf32>
// CHECK: sinter.kernel "transpose" {{.*}} ins(%[[W]] : {{.*}} outs(%[[EMPTY]] :
// REMARK: [Missed] in-place {{.*}} Function=transposed | Reason="its kernel reads the old value at other places than it writes", Remark="'w' gets
func.func @transposed(%w: !matrix {sinter.role = "state", sinter.name = "w"}) -> (!matrix {sinter.role = "state", sinter.name = "w"}) {
  %n = sinter.transpose %w [1, 0] : !matrix -> !matrix
  return %n : !matrix
}

// CHECK-LABEL: func.func @old_and_new_needed(
// CHECK-SAME: %[[W:[^:]*]]: tensor<4x4xf32> {{.*}}, %[[G:[^:]*]]: tensor<4x4xf32>
// CHECK: %[[EMPTY:.*]] = tensor.empty() : tensor<4x4xf32>
// CHECK: %[[NEW:.*]] = sinter.kernel "sub" {{.*}} ins(%[[W]], %[[G]] : {{.*}} outs(%[[EMPTY]] :
// CHECK: sinter.kernel "dot_general" {{.*}} ins(%[[NEW]], %[[W]] :
// REMARK: [Missed] in-place {{.*}} Function=old_and_new_needed | Reason="a kernel that needs the new value reads the old one", Remark="'w' gets
func.func @old_and_new_needed(%w: !matrix {sinter.role = "state", sinter.name = "w"}, %g: !matrix)
    -> (!matrix {sinter.role = "state", sinter.name = "w"}, !matrix) {
  %n = sinter.sub %w, %g : !matrix
  %p = sinter.dot_general %n, %w batch = [] x [] contract = [1] x [1] : (!matrix, !matrix) -> !matrix
  return %n, %p : !matrix, !matrix
}

// CHECK-LABEL: func.func @one_value_for_two(
// CHECK-SAME: %[[V:[^:]*]]: tensor<8xf32> {{.*}}, %[[W:[^:]*]]: tensor<8xf32> {{.*}}, %[[G:[^:]*]]: tensor<8xf32>
// CHECK: %[[NEW:.*]] = sinter.kernel "sub" {{.*}} ins(%[[G]] : {{.*}} outs(%[[V]] :
// CHECK: return %[[NEW]], %[[NEW]]
// REMARK: [Passed] in-place {{.*}} Function=one_value_for_two | Remark="'v' is updated in place"
// REMARK: [Missed] in-place {{.*}} Function=one_value_for_two | Reason="the new value is another state tensor's as well", Remark="'w' gets
func.func @one_value_for_two(%v: !vector {sinter.role = "state", sinter.name = "v"},
                             %w: !vector {sinter.role = "state", sinter.name = "w"}, %g: !vector)
    -> (!vector {sinter.role = "state", sinter.name = "v"}, !vector {sinter.role = "state", sinter.name = "w"}) {
  %n = sinter.sub %v, %g : !vector
  return %n, %n : !vector, !vector
}

// CHECK-LABEL: func.func @exchanged(
// CHECK-SAME: %[[V:[^:]*]]: tensor<8xf32> {{.*}}, %[[W:[^:]*]]: tensor<8xf32>
// CHECK-NEXT: return %[[W]], %[[V]]
// REMARK: [Missed] in-place {{.*}} Function=exchanged | Reason="the new value is not made by a kernel", Remark="'v' gets new storage and is copied"
// REMARK: [Missed] in-place {{.*}} Function=exchanged | Reason="the new value is not made by a kernel", Remark="'w' gets new storage and is copied"
func.func @exchanged(%v: !vector {sinter.role = "state", sinter.name = "v"}, %w: !vector {sinter.role = "state", sinter.name = "w"})
    -> (!vector {sinter.role = "state", sinter.name = "v"}, !vector {sinter.role = "state", sinter.name = "w"}) {
  return %w, %v : !vector, !vector
}

// A constant that several tensors start with is made once for each.
// CHECK-LABEL: func.func @one_constant_for_two(
// CHECK: %[[EMPTY:.*]] = tensor.empty() : tensor<8xf32>
// CHECK: %[[V:.*]] = sinter.kernel "fill" outs(%[[EMPTY]] :
// CHECK: %[[EMPTY1:.*]] = tensor.empty() : tensor<8xf32>
// CHECK: %[[W:.*]] = sinter.kernel "fill" outs(%[[EMPTY1]] :
// CHECK: return %[[W]], %[[V]]
func.func @one_constant_for_two()
    -> (!vector {sinter.role = "state", sinter.name = "v"}, !vector {sinter.role = "state", sinter.name = "w"}) {
  %n = sinter.constant dense<0.0> : tensor<8xf32> -> !vector
  return %n, %n : !vector, !vector
}
