// What makes an operand of a product, computed where the product reads it; taken and refused by predicted cycles.
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels=cpu=x86-64-v4 | FileCheck %s
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels='cpu=x86-64-v4 without=prologues' | FileCheck %s --check-prefix=WITHOUT
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels=cpu=x86-64-v4 --remark-policy=all --remarks-filter=fusion -o /dev/null 2>&1 \
// RUN:   | grep 'prologue |' | FileCheck %s --check-prefix=REMARK
// RUN: not sinter-opt %s --sinter-fuse-kernels=cpu=z80 2>&1 | FileCheck %s --check-prefix=CPU
// CPU: unknown CPU preset 'z80', expected x86-64, x86-64-v2, x86-64-v3 or x86-64-v4

module attributes {sinter.batch = 64 : i64} {
  // The weight's panels are packed: it is rounded there, and widened again.
  // CHECK-LABEL: func.func @packed(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<16x64xbf16>, %[[W:[^:]*]]: tensor<32x64xf32>
  // CHECK: sinter.kernel "linear" source ["convert", "linear"] ins(%[[W]], %[[X]] :
  // CHECK: %[[E:.*]] = tensor.empty() : tensor<32x64xbf16>
  // CHECK: %[[N:.*]] = linalg.generic {{.*}} outs(%[[E]] : tensor<32x64xbf16>)
  // CHECK: arith.truncf
  // CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[N]] : tensor<16x64xbf16>, tensor<32x64xbf16>)
  // CHECK-NOT: sinter.kernel
  // CHECK: return
  // WITHOUT-LABEL: func.func @packed(
  // WITHOUT: sinter.kernel "convert"
  // WITHOUT: sinter.kernel "linear" source ["linear"]
  // REMARK: [Passed] prologue {{.*}} Function=packed | Cycles={{[0-9]+}}, Remark="1 op(s) that make an operand are computed where 1 product(s) read it", Separate=
  func.func @packed(%x: tensor<16x64xbf16>, %w: tensor<32x64xf32>) -> tensor<16x32xf32> {
    %n = sinter.convert %w : tensor<32x64xf32> to tensor<32x64xbf16>
    %y = sinter.linear %x, %n : (tensor<16x64xbf16>, tensor<32x64xbf16>) -> tensor<16x32xf32>
    return %y : tensor<16x32xf32>
  }

  // Several ops, a tensor of less dimensions and a number make one loop; nothing else reads what is between.
  // CHECK-LABEL: func.func @chain(
  // CHECK: sinter.kernel "relu_linear" source ["mul", "add", "relu", "linear"]
  // CHECK: linalg.generic
  // CHECK: arith.mulf
  // CHECK: arith.addf
  // CHECK: arith.maximumf
  // CHECK: } -> tensor<256x512xf32>
  // CHECK: linalg.generic
  // CHECK-NOT: sinter.kernel
  // CHECK: return
  // REMARK: [Passed] prologue {{.*}} Function=chain | Cycles={{[0-9]+}}, Remark="3 op(s) that make an operand
  func.func @chain(%x: tensor<?x512xf32>, %w: tensor<256x512xf32>, %b: tensor<512xf32>) -> tensor<?x256xf32> {
    %two = sinter.constant dense<2.0> : tensor<256x512xf32> -> tensor<256x512xf32>
    %c = sinter.broadcast %b dims = [1] : tensor<512xf32> -> tensor<256x512xf32>
    %d = sinter.mul %w, %two : tensor<256x512xf32>
    %e = sinter.add %d, %c : tensor<256x512xf32>
    %r = sinter.relu %e : tensor<256x512xf32>
    %y = sinter.linear %x, %r : (tensor<?x512xf32>, tensor<256x512xf32>) -> tensor<?x256xf32>
    return %y : tensor<?x256xf32>
  }

  // The rows of x are read again for each panel of columns: a tanh each time would be dear.
  // CHECK-LABEL: func.func @rows(
  // CHECK: sinter.kernel "tanh"
  // CHECK: sinter.kernel "linear"
  // REMARK: [Missed] prologue {{.*}} Function=rows | Cycles=[[F:[0-9]+]], Reason="computed where it is read, it would take [[F]] cycles instead of [[S:[0-9]+]]", Remark="what 1 product(s) read is made by a kernel of its own", Separate=[[S]]
  func.func @rows(%x: tensor<?x512xf32>, %w: tensor<256x512xf32>) -> tensor<?x256xf32> {
    %t = sinter.tanh %x : tensor<?x512xf32>
    %y = sinter.linear %t, %w : (tensor<?x512xf32>, tensor<256x512xf32>) -> tensor<?x256xf32>
    return %y : tensor<?x256xf32>
  }

  // Two small products read the value: each computes it for itself.
  // CHECK-LABEL: func.func @twice(
  // CHECK-COUNT-2: sinter.kernel "relu_linear" source ["relu", "linear"]
  // CHECK-NOT: sinter.kernel
  // CHECK: return
  // REMARK: [Passed] prologue {{.*}} Function=twice | {{.*}}Remark="1 op(s) that make an operand are computed where 2 product(s) read it"
  func.func @twice(%x: tensor<?x8xf32>, %z: tensor<?x8xf32>, %w: tensor<8x8xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>) {
    %n = sinter.relu %w : tensor<8x8xf32>
    %y = sinter.linear %x, %n : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
    %v = sinter.linear %z, %n : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
    return %y, %v : tensor<?x8xf32>, tensor<?x8xf32>
  }

  // What depends on an index has no place in a panel.
  // CHECK-LABEL: func.func @index(
  // CHECK: sinter.kernel "mul_iota"
  // CHECK: sinter.kernel "linear"
  // REMARK: [Missed] prologue {{.*}} Function=index | Reason="it depends on its place in the tensor, which panels do not have"
  func.func @index(%x: tensor<?x512xf32>, %w: tensor<256x512xf32>) -> tensor<?x256xf32> {
    %i = sinter.iota dim = 1 : tensor<256x512xf32>
    %v = sinter.mul %w, %i : tensor<256x512xf32>
    %y = sinter.linear %x, %v : (tensor<?x512xf32>, tensor<256x512xf32>) -> tensor<?x256xf32>
    return %y : tensor<?x256xf32>
  }

  // A gain within the error of the prices is none.
  // CHECK-LABEL: func.func @little(
  // CHECK: sinter.kernel "convert"
  // REMARK: [Missed] prologue {{.*}} Function=little | {{.*}}Reason="too little is won: computed where it is read, it would take
  func.func @little(%x: tensor<16x512xbf16>, %w: tensor<256x512xf32>) -> tensor<16x256xf32> {
    %n = sinter.convert %w : tensor<256x512xf32> to tensor<256x512xbf16>
    %y = sinter.linear %x, %n : (tensor<16x512xbf16>, tensor<256x512xbf16>) -> tensor<16x256xf32>
    return %y : tensor<16x256xf32>
  }

  // In memory for another reader: products had better read it too. No remark.
  // CHECK-LABEL: func.func @returned(
  // CHECK: sinter.kernel "convert"
  // CHECK: sinter.kernel "linear" source ["linear"]
  // REMARK-NOT: Function=returned
  func.func @returned(%x: tensor<?x512xbf16>, %w: tensor<256x512xf32>) -> (tensor<?x256xf32>, tensor<256x512xbf16>) {
    %n = sinter.convert %w : tensor<256x512xf32> to tensor<256x512xbf16>
    %y = sinter.linear %x, %n : (tensor<?x512xbf16>, tensor<256x512xbf16>) -> tensor<?x256xf32>
    return %y, %n : tensor<?x256xf32>, tensor<256x512xbf16>
  }

  // The product reads all of w before its own result replaces any of it: w gets new storage.
  // CHECK-LABEL: func.func @state(
  // CHECK: %[[NEW:.*]] = tensor.empty() : tensor<8x8xf32>
  // CHECK: sinter.kernel {{.*}} outs(%[[NEW]] : tensor<8x8xf32>)
  // CHECK-NOT: sinter.kernel
  func.func @state(%w: tensor<8x8xf32> {sinter.role = "state", sinter.name = "w"})
      -> (tensor<8x8xf32> {sinter.role = "state", sinter.name = "w"}) {
    %r = sinter.relu %w : tensor<8x8xf32>
    %s = sinter.exp %w : tensor<8x8xf32>
    %y = sinter.linear %r, %s : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
    return %y : tensor<8x8xf32>
  }
}
