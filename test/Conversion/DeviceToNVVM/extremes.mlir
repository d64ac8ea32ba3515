// The larger or smaller one of two numbers, or NaN: one instruction for f32, in whichever way it is written.
// RUN: sinter-opt %s --pass-pipeline='builtin.module(gpu.module(sinter-convert-device-to-nvvm,reconcile-unrealized-casts))' | FileCheck %s

gpu.module @device {
  // Between two numbers, and NaN if it was NaN.
  // CHECK-LABEL: llvm.func @bounded(
  // CHECK-NOT: llvm.fcmp
  // CHECK: %[[LOW:.*]] = llvm.intr.maximum(
  // CHECK: llvm.intr.minimum(
  // CHECK-NOT: llvm.select
  // CHECK: llvm.return
  gpu.func @bounded(%x: memref<128xf32>, %rows: index) kernel {
    %t = gpu.thread_id x
    %v = memref.load %x[%t] : memref<128xf32>
    %low = arith.constant -104.0 : f32
    %high = arith.constant 89.0 : f32
    %isLow = arith.cmpf ogt, %low, %v : f32
    %a = arith.select %isLow, %low, %v : f32
    %isHigh = arith.cmpf ogt, %a, %high : f32
    %b = arith.select %isHigh, %high, %a : f32
    memref.store %b, %x[%t] : memref<128xf32>
    gpu.return
  }

  // CHECK-LABEL: llvm.func @larger(
  // CHECK-NOT: llvm.fcmp
  // CHECK: llvm.intr.maximum(
  // CHECK-NOT: llvm.select
  // CHECK: llvm.return
  gpu.func @larger(%x: memref<128xf32>, %y: memref<128xf32>, %rows: index) kernel {
    %t = gpu.thread_id x
    %a = memref.load %x[%t] : memref<128xf32>
    %b = memref.load %y[%t] : memref<128xf32>
    %wins = arith.cmpf ogt, %a, %b : f32
    %m = arith.select %wins, %a, %b : f32
    %isNaN = arith.cmpf uno, %a, %a : f32
    %r = arith.select %isNaN, %a, %m : f32
    memref.store %r, %x[%t] : memref<128xf32>
    gpu.return
  }

  // If a is NaN this is b: no such instruction. Nor is there one for f64, nor if the number is a zero, whose sign counts.
  // CHECK-LABEL: llvm.func @other(
  // CHECK-NOT: llvm.intr
  // CHECK: llvm.return
  gpu.func @other(%x: memref<128xf32>, %y: memref<128xf64>, %rows: index) kernel {
    %t = gpu.thread_id x
    %a = memref.load %x[%t] : memref<128xf32>
    %b = memref.load %x[%rows] : memref<128xf32>
    %wins = arith.cmpf ogt, %a, %b : f32
    %m = arith.select %wins, %a, %b : f32
    memref.store %m, %x[%t] : memref<128xf32>
    %zero = arith.constant 0.0 : f32
    %isNegative = arith.cmpf ogt, %zero, %b : f32
    %n = arith.select %isNegative, %zero, %b : f32
    memref.store %n, %x[%rows] : memref<128xf32>
    %low = arith.constant -104.0 : f64
    %c = memref.load %y[%t] : memref<128xf64>
    %isLow = arith.cmpf ogt, %low, %c : f64
    %d = arith.select %isLow, %low, %c : f64
    memref.store %d, %y[%t] : memref<128xf64>
    gpu.return
  }
}
