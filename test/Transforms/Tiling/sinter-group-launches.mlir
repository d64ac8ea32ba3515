// Neighbouring launches that do not depend on each other run in one parallel loop, if one of them is worth sharing.
// RUN: sinter-opt %s --sinter-group-launches | FileCheck %s
// RUN: sinter-opt %s --sinter-group-launches --remark-policy=all --remarks-filter=schedule -o /dev/null 2>&1 \
// RUN:   | FileCheck %s --check-prefix=REMARK

// REMARK: [Passed] together {{.*}} Function=shared_operand | Launch=k, Remark="k runs in one parallel loop with k"
// REMARK: [Missed] together {{.*}} Function=chain | Launch=k, Reason="it reads what they write", Remark="k waits for the launches before it"
// REMARK: [Missed] together {{.*}} Function=update_after_reading | Launch=k, Reason="it writes memory that they read"
// REMARK: [Missed] together {{.*}} Function=reading_after_update | Launch=k, Reason="it reads memory that they write anew"

!t = tensor<4xf32>
#items = affine_map<(d0) -> (4)>
module {
  func.func private @k(memref<4xf32>, memref<4xf32>, index, index, index)

  // CHECK-LABEL: func.func @shared_operand
  // CHECK: sinter.launch @k items #map parallel ins
  // CHECK: sinter.launch @k items #map together ins
  func.func @shared_operand(%x: !t) -> (!t, !t) {
    %e = tensor.empty() : !t
    %a = sinter.launch @k items #items parallel ins(%x : !t) outs(%e : !t) -> !t
    %f = tensor.empty() : !t
    %b = sinter.launch @k items #items ins(%x : !t) outs(%f : !t) -> !t
    return %a, %b : !t, !t
  }

  // CHECK-LABEL: func.func @all_short
  // CHECK-NOT: together
  func.func @all_short(%x: !t) -> (!t, !t) {
    %e = tensor.empty() : !t
    %a = sinter.launch @k items #items ins(%x : !t) outs(%e : !t) -> !t
    %f = tensor.empty() : !t
    %b = sinter.launch @k items #items ins(%x : !t) outs(%f : !t) -> !t
    return %a, %b : !t, !t
  }

  // Also through a reshape. The third depends on the second alone, and with that not on the group that it begins.
  // CHECK-LABEL: func.func @chain
  // CHECK-COUNT-2: sinter.launch @k items #map parallel ins
  // CHECK: sinter.launch @k items #map parallel together ins
  func.func @chain(%x: !t) -> (!t, !t) {
    %e = tensor.empty() : !t
    %a = sinter.launch @k items #items parallel ins(%x : !t) outs(%e : !t) -> !t
    %square = sinter.reshape %a : !t -> tensor<2x2xf32>
    %again = sinter.reshape %square : tensor<2x2xf32> -> !t
    %f = tensor.empty() : !t
    %b = sinter.launch @k items #items parallel ins(%again : !t) outs(%f : !t) -> !t
    %g = tensor.empty() : !t
    %c = sinter.launch @k items #items parallel ins(%a : !t) outs(%g : !t) -> !t
    return %b, %c : !t, !t
  }

  // CHECK-LABEL: func.func @update_after_reading
  // CHECK-NOT: together
  func.func @update_after_reading(%x: !t, %state: !t) -> (!t, !t) {
    %e = tensor.empty() : !t
    %a = sinter.launch @k items #items parallel ins(%state : !t) outs(%e : !t) -> !t
    %b = sinter.launch @k items #items parallel ins(%x : !t) outs(%state : !t) -> !t
    return %a, %b : !t, !t
  }

  // CHECK-LABEL: func.func @reading_after_update
  // CHECK-NOT: together
  func.func @reading_after_update(%x: !t, %state: !t) -> (!t, !t) {
    %b = sinter.launch @k items #items parallel ins(%x : !t) outs(%state : !t) -> !t
    %e = tensor.empty() : !t
    %a = sinter.launch @k items #items parallel ins(%state : !t) outs(%e : !t) -> !t
    return %a, %b : !t, !t
  }
}
