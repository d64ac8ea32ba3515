// Both halves of 32-bit products: even lanes and odd ones as lanes of 64 bits, interleaved again. Scalars are left alone.
// RUN: sinter-opt %s --sinter-expand-math | FileCheck %s

// CHECK-LABEL: func.func @vectors
// CHECK-SAME: %[[X:.*]]: vector<4xi32>, %[[Y:.*]]: vector<4xi32>
// CHECK-DAG: %[[HALF:.*]] = arith.constant dense<32> : vector<2xi64>
// CHECK-DAG: %[[LOWER:.*]] = arith.constant dense<4294967295> : vector<2xi64>
// CHECK-DAG: %[[XW:.*]] = vector.bitcast %[[X]] : vector<4xi32> to vector<2xi64>
// CHECK-DAG: %[[YW:.*]] = vector.bitcast %[[Y]] : vector<4xi32> to vector<2xi64>
// CHECK-DAG: %[[X0:.*]] = arith.andi %[[XW]], %[[LOWER]]
// CHECK-DAG: %[[Y0:.*]] = arith.andi %[[YW]], %[[LOWER]]
// CHECK: %[[P0:.*]] = arith.muli %[[X0]], %[[Y0]]
// CHECK: %[[E:.*]] = vector.bitcast %[[P0]] : vector<2xi64> to vector<4xi32>
// CHECK-DAG: %[[X1:.*]] = arith.shrui %[[XW]], %[[HALF]]
// CHECK-DAG: %[[Y1:.*]] = arith.shrui %[[YW]], %[[HALF]]
// CHECK: %[[P1:.*]] = arith.muli %[[X1]], %[[Y1]]
// CHECK: %[[O:.*]] = vector.bitcast %[[P1]] : vector<2xi64> to vector<4xi32>
// CHECK-DAG: vector.shuffle %[[E]], %[[O]] [0, 4, 2, 6]
// CHECK-DAG: vector.shuffle %[[E]], %[[O]] [1, 5, 3, 7]
func.func @vectors(%x: vector<4xi32>, %y: vector<4xi32>) -> (vector<4xi32>, vector<4xi32>) {
  %low, %high = arith.mului_extended %x, %y : vector<4xi32>
  return %low, %high : vector<4xi32>, vector<4xi32>
}

// CHECK-LABEL: func.func @others
// CHECK: arith.mului_extended {{.*}} : i32
// CHECK: arith.mului_extended {{.*}} : vector<3xi32>
// CHECK: arith.mului_extended {{.*}} : vector<4xi16>
func.func @others(%x: i32, %v: vector<3xi32>, %h: vector<4xi16>) -> (i32, vector<3xi32>, vector<4xi16>) {
  %l0, %h0 = arith.mului_extended %x, %x : i32
  %l1, %h1 = arith.mului_extended %v, %v : vector<3xi32>
  %l2, %h2 = arith.mului_extended %h, %h : vector<4xi16>
  return %h0, %h1, %h2 : i32, vector<3xi32>, vector<4xi16>
}
