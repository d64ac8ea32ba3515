// 0 in place of subnormal numbers is a test of the exponent's bits: one instruction less than a comparison of the absolute value.
// RUN: sinter-opt %s --sinter-expand-math --canonicalize --cse --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @f32
// CHECK-SAME:    (%[[X:.*]]: vector<16xf32>)
// CHECK-DAG:     %[[EXPONENT:.*]] = arith.constant dense<2139095040> : vector<16xi32>
// CHECK-DAG:     %[[NONE:.*]] = arith.constant dense<0> : vector<16xi32>
// CHECK-DAG:     %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<16xf32>
// CHECK:         %[[BITS:.*]] = arith.bitcast %[[X]] : vector<16xf32> to vector<16xi32>
// CHECK-NEXT:    %[[FOUND:.*]] = arith.andi %[[BITS]], %[[EXPONENT]]
// CHECK-NEXT:    %[[NORMAL:.*]] = arith.cmpi ne, %[[FOUND]], %[[NONE]]
// CHECK-NEXT:    %[[Y:.*]] = arith.select %[[NORMAL]], %[[X]], %[[ZERO]]
// CHECK-NEXT:    return %[[Y]]
func.func @f32(%x: vector<16xf32>) -> vector<16xf32> {
  %zero = arith.constant dense<0.0> : vector<16xf32>
  %smallest = arith.constant dense<0x00800000> : vector<16xf32>
  %size = math.absf %x : vector<16xf32>
  %tiny = arith.cmpf olt, %size, %smallest : vector<16xf32>
  %y = arith.select %tiny, %zero, %x : vector<16xi1>, vector<16xf32>
  return %y : vector<16xf32>
}

// -----

// CHECK-LABEL: func.func @f64
// CHECK:         arith.constant dense<9218868437227405312> : vector<8xi64>
// CHECK-NOT:     arith.cmpf
func.func @f64(%x: vector<8xf64>) -> vector<8xf64> {
  %zero = arith.constant dense<0.0> : vector<8xf64>
  %smallest = arith.constant dense<0x0010000000000000> : vector<8xf64>
  %size = math.absf %x : vector<8xf64>
  %tiny = arith.cmpf olt, %size, %smallest : vector<8xf64>
  %y = arith.select %tiny, %zero, %x : vector<8xi1>, vector<8xf64>
  return %y : vector<8xf64>
}

// -----

// Another bound, another value than 0, another number than the one compared; a comparison that holds for NaN.
// CHECK-LABEL: func.func @others
// CHECK-NOT:     arith.bitcast
// CHECK-COUNT-4: arith.select
func.func @others(%x: vector<16xf32>, %z: vector<16xf32>) -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>) {
  %zero = arith.constant dense<0.0> : vector<16xf32>
  %one = arith.constant dense<1.0> : vector<16xf32>
  %smallest = arith.constant dense<0x00800000> : vector<16xf32>
  %next = arith.constant dense<0x00800001> : vector<16xf32>
  %size = math.absf %x : vector<16xf32>
  %tiny = arith.cmpf olt, %size, %smallest : vector<16xf32>
  %small = arith.cmpf olt, %size, %next : vector<16xf32>
  %unordered = arith.cmpf ult, %size, %smallest : vector<16xf32>
  %a = arith.select %small, %zero, %x : vector<16xi1>, vector<16xf32>
  %b = arith.select %tiny, %one, %x : vector<16xi1>, vector<16xf32>
  %c = arith.select %tiny, %zero, %z : vector<16xi1>, vector<16xf32>
  %d = arith.select %unordered, %zero, %x : vector<16xi1>, vector<16xf32>
  return %a, %b, %c, %d : vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>
}
