// What cannot be evaluated is an error that says where and why.
// RUN: not sinter-interp %s --entry missing 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not sinter-interp %s --entry label 2>&1 | FileCheck %s --check-prefix=LABEL
// RUN: not sinter-interp %s --entry unknown 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not sinter-interp %s --entry index 2>&1 | FileCheck %s --check-prefix=INDEX
// RUN: not sinter-interp %s --entry gradient 2>&1 | FileCheck %s --check-prefix=GRADIENT
// RUN: not sinter-interp %s --entry forever 2>&1 | FileCheck %s --check-prefix=FOREVER
// RUN: not sinter-interp %s --entry divide 2>&1 | FileCheck %s --check-prefix=DIVIDE
// RUN: not sinter-interp %s --entry external 2>&1 | FileCheck %s --check-prefix=EXTERNAL
// RUN: not sinter-interp %s --entry rows --rows 0 2>&1 | FileCheck %s --check-prefix=ROWS
// RUN: not sinter-interp %s --entry rows --rows 2 --args %S/Inputs/truncated.npy 2>&1 | FileCheck %s --check-prefix=TRUNCATED
// RUN: not sinter-interp %s --entry rows --rows 3 --args %S/Inputs/rows.npy 2>&1 | FileCheck %s --check-prefix=SHAPE
// RUN: not sinter-interp %s --entry wide --rows 3 2>&1 | FileCheck %s --check-prefix=WIDE
// RUN: not sinter-interp %s --entry grows 2>&1 | FileCheck %s --check-prefix=GROWS

// MISSING: error: there is no function 'missing'

func.func @label() -> tensor<f32> {
  %y = sinter.constant dense<0.0> : tensor<2x3xf32> -> tensor<2x3xf32>
  %t = sinter.constant dense<[2, 3]> : tensor<2xi32> -> tensor<2xi32>
  // LABEL: [[@LINE+1]]:8: error: 'sinter.cross_entropy' op class label of row 1 should be in [0, 3), found 3
  %l = sinter.cross_entropy %y, %t : (tensor<2x3xf32>, tensor<2xi32>) -> tensor<f32>
  return %l : tensor<f32>
}

func.func @unknown(%x: tensor<2xf32>) -> tensor<2xf32> {
  // UNKNOWN: error: 'math.ctlz' op the reference interpreter does not know this op
  %i = sinter.convert %x : tensor<2xf32> to tensor<2xi32>
  %z = sinter.map ins(%i : tensor<2xi32>) -> tensor<2xf32> {
  ^bb0(%a: i32):
    %c = math.ctlz %a : i32
    %f = arith.sitofp %c : i32 to f32
    sinter.yield %f : f32
  }
  return %z : tensor<2xf32>
}

func.func @index(%x: tensor<2xi32>) -> tensor<2xi32> {
  %z = sinter.map ins(%x : tensor<2xi32>) -> tensor<2xi32> {
  ^bb0(%a: i32):
    // INDEX: error: 'arith.extsi' op the reference interpreter has no values of type 'i48'
    %c = arith.extsi %a : i32 to i48
    %f = arith.trunci %c : i48 to i32
    sinter.yield %f : i32
  }
  return %z : tensor<2xi32>
}

func.func @sum(%x: tensor<2xf32>) -> tensor<f32> {
  %s = sinter.reduce sum %x dims = [0] : tensor<2xf32> -> tensor<f32>
  return %s : tensor<f32>
}
func.func @gradient(%x: tensor<2xf32>) -> tensor<2xf32> {
  // GRADIENT: error: 'sinter.value_and_grad' op the reference interpreter does not differentiate: expand with sinter-differentiate first
  %v, %g = sinter.value_and_grad @sum(%x) wrt [0] : (tensor<2xf32>) -> (tensor<f32>, tensor<2xf32>)
  return %g : tensor<2xf32>
}

func.func @forever(%x: tensor<2xf32>) -> tensor<2xf32> {
  // FOREVER: error: 'func.call' op more than 200 calls inside one another
  %y = func.call @forever(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

func.func @divide(%x: tensor<2xi32>) -> tensor<2xi32> {
  %zero = sinter.constant dense<[1, 0]> : tensor<2xi32> -> tensor<2xi32>
  // DIVIDE: error: 'sinter.div' op division of integers by zero at element 1
  %y = sinter.div %x, %zero : tensor<2xi32>
  return %y : tensor<2xi32>
}

// EXTERNAL: error: 'external' has no body of one block to evaluate
func.func private @external(tensor<2xf32>) -> tensor<2xf32>

// ROWS: error: the number of rows must be at least 1, found 0
// TRUNCATED: truncated.npy: expected 16 bytes of elements, found 13
// SHAPE: error: argument #0 of 'rows' is of type 'tensor<?x2xf32>' (3 rows), found 2x2xf32
func.func @rows(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  return %x : tensor<?x2xf32>
}

// WIDE: [[@LINE+1]]:{{[0-9]+}}: error: argument #0 of 'wide', 'tensor<?x4294967297000xf32>': up to here the reference interpreter needs 103079.2 GB, with 8 bytes an element; this machine has {{[0-9.]+}} GB
func.func @wide(%x: tensor<?x4294967297000xf32>) -> tensor<?x4294967297000xf32> {
  return %x : tensor<?x4294967297000xf32>
}

func.func @grows(%x: tensor<2xf32>) -> tensor<2x4294967297000xf32> {
  // GROWS: [[@LINE+1]]:{{[0-9]+}}: error: 'sinter.broadcast' op up to here the reference interpreter needs 68719.5 GB
  %y = sinter.broadcast %x dims = [0] : tensor<2xf32> -> tensor<2x4294967297000xf32>
  return %y : tensor<2x4294967297000xf32>
}
