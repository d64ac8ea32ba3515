// RUN: sinter-opt %s --sinter-plan-memory --sinter-convert-steps-to-llvm=target-cpu=generic | FileCheck %s

// One input x[?, 3]; state w[3]; predict: y = x * w; train_step: w -= learning_rate * sum over rows of x, loss = the sum.

module attributes {sinter.batch = 4 : i64, sinter.model_name = "tiny.model", sinter.loss_name = "custom",
                   sinter.loss_is_sum = true, sinter.learning_rate = 0.5 : f64} {
  sinter.state "w" parameter : tensor<3xf32>
  sinter.optimizer sgd {learning_rate = 0.5}
  sinter.metrics ["mae"]

  // CHECK: func.func private @scale_0(%arg0: memref<4x3xf32> {llvm.align = 4 : i64, llvm.noalias}, %arg1: memref<3xf32> {llvm.align = 64 : i64, llvm.noalias}
  // CHECK-SAME: attributes {llvm.linkage = #llvm.linkage<internal>
  func.func private @scale_0(%x: memref<4x3xf32>, %w: memref<3xf32>, %y: memref<4x3xf32>, %rows: index, %lo: index, %hi: index)
      attributes {sinter.kernel, sinter.flops = 12 : i64, sinter.bytes = 108 : i64,
                  sinter.schedule = #sinter.schedule<row, tile = [1, 1, 1], vector = 1, parallel = true>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    scf.for %i = %lo to %hi step %c1 {
      scf.for %j = %c0 to %c3 step %c1 {
        %a = memref.load %x[%i, %j] : memref<4x3xf32>
        %b = memref.load %w[%j] : memref<3xf32>
        %c = arith.mulf %a, %b : f32
        memref.store %c, %y[%i, %j] : memref<4x3xf32>
      }
    }
    return
  }
  func.func private @total_1(%x: memref<4x3xf32>, %sums: memref<3xf32>, %loss: memref<f32>, %rows: index, %lo: index, %hi: index)
      attributes {sinter.kernel, sinter.flops = 24 : i64, sinter.bytes = 64 : i64} {
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %all = scf.for %j = %c0 to %c3 step %c1 iter_args(%all = %zero) -> f32 {
      %sum = scf.for %i = %c0 to %rows step %c1 iter_args(%acc = %zero) -> f32 {
        %a = memref.load %x[%i, %j] : memref<4x3xf32>
        %s = arith.addf %acc, %a : f32
        scf.yield %s : f32
      }
      memref.store %sum, %sums[%j] : memref<3xf32>
      %s = arith.addf %all, %sum : f32
      scf.yield %s : f32
    }
    memref.store %all, %loss[] : memref<f32>
    return
  }
  func.func private @sgd_2(%g: memref<3xf32>, %rate: memref<f64>, %w: memref<3xf32>, %rows: index, %lo: index, %hi: index) attributes {sinter.kernel} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %r64 = memref.load %rate[] : memref<f64>
    %r = arith.truncf %r64 : f64 to f32
    scf.for %j = %c0 to %c3 step %c1 {
      %a = memref.load %g[%j] : memref<3xf32>
      %b = memref.load %w[%j] : memref<3xf32>
      %d = arith.mulf %a, %r : f32
      %n = arith.subf %b, %d : f32
      memref.store %n, %w[%j] : memref<3xf32>
    }
    return
  }
  func.func private @ones_3(%w: memref<3xf32>, %rows: index, %lo: index, %hi: index) attributes {sinter.kernel} {
    %one = arith.constant 1.0 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    scf.for %j = %c0 to %c3 step %c1 {
      memref.store %one, %w[%j] : memref<3xf32>
    }
    return
  }

  // CHECK: llvm.func internal @tiny_model_notify_observer(%[[ARGS:.*]]: !llvm.ptr, %[[ROW:.*]]: i32, %[[ENDED:.*]]: i32)
  // CHECK: %[[OBSERVER_AT:.*]] = llvm.getelementptr %[[ARGS]][0, 14]
  // CHECK: %[[OBSERVER:.*]] = llvm.load %[[OBSERVER_AT]]
  // CHECK: %[[NOBODY:.*]] = llvm.icmp "eq" %[[OBSERVER]], %{{.*}}
  // CHECK: llvm.cond_br %[[NOBODY]]
  // CHECK: %[[CONTEXT_AT:.*]] = llvm.getelementptr %[[ARGS]][0, 15]
  // CHECK: %[[OBSERVER_CONTEXT:.*]] = llvm.load %[[CONTEXT_AT]]
  // CHECK: llvm.call %[[OBSERVER]](%[[OBSERVER_CONTEXT]], %[[ROW]], %[[ENDED]])
  // CHECK: llvm.func @tiny_model_artifact_init(%{{.*}}: !llvm.ptr {llvm.noundef}) -> i32
  // CHECK-NOT: udiv
  func.func @init(%seed: tensor<i64> {sinter.role = "seed"}) -> (tensor<3xf32> {sinter.role = "state", sinter.name = "w"}) {
    %e = tensor.empty() : tensor<3xf32>
    %0 = sinter.launch @ones_3 items affine_map<(d0) -> (1)> outs(%e : tensor<3xf32>) -> tensor<3xf32>
    return %0 : tensor<3xf32>
  }
  // CHECK: llvm.func @tiny_model_artifact_train_step
  // CHECK: %[[SIZE:.*]] = llvm.load
  // CHECK: %[[EXPECTED:.*]] = llvm.mlir.constant(120 : i32)
  // CHECK: %[[GOOD:.*]] = llvm.icmp "eq" %[[SIZE]], %[[EXPECTED]]
  // CHECK: llvm.cond_br %[[GOOD]]
  // CHECK: llvm.mlir.constant(1 : i32)
  // CHECK: llvm.return
  // CHECK: llvm.icmp "ult"
  // CHECK: llvm.mlir.constant(2 : i32)
  // The observer is told of every launch with its row of the kernel table: 0 is the one of init, 3 that of predict.
  // CHECK: %[[TOTAL:.*]] = llvm.mlir.constant(1 : i32)
  // CHECK-NEXT: %[[BEGINS:.*]] = llvm.mlir.constant(0 : i32)
  // CHECK-NEXT: llvm.call @tiny_model_notify_observer(%arg0, %[[TOTAL]], %[[BEGINS]]) : (!llvm.ptr, i32, i32) -> ()
  // CHECK: llvm.call %{{.*}} : !llvm.ptr, (
  // CHECK: %[[TOTAL:.*]] = llvm.mlir.constant(1 : i32)
  // CHECK-NEXT: %[[ENDS:.*]] = llvm.mlir.constant(1 : i32)
  // CHECK-NEXT: llvm.call @tiny_model_notify_observer(%arg0, %[[TOTAL]], %[[ENDS]])
  // CHECK: %[[SGD:.*]] = llvm.mlir.constant(2 : i32)
  // CHECK: llvm.call @tiny_model_notify_observer(%arg0, %[[SGD]],
  func.func @train_step(%w: tensor<3xf32> {sinter.role = "state", sinter.name = "w"},
                        %x: tensor<?x3xf32> {sinter.role = "input", sinter.name = "x"},
                        %rate: tensor<f64> {sinter.role = "learning_rate", sinter.name = "learning_rate"})
      -> (tensor<3xf32> {sinter.role = "state", sinter.name = "w"}, tensor<f32> {sinter.role = "loss", sinter.name = "loss"}) {
    %e0 = tensor.empty() : tensor<3xf32>
    %e1 = tensor.empty() : tensor<f32>
    %g, %l = sinter.launch @total_1 items affine_map<(d0) -> (1)> ins(%x : tensor<?x3xf32>)
        outs(%e0, %e1 : tensor<3xf32>, tensor<f32>) -> tensor<3xf32>, tensor<f32>
    %w1 = sinter.launch @sgd_2 items affine_map<(d0) -> (1)> ins(%g, %rate : tensor<3xf32>, tensor<f64>) outs(%w : tensor<3xf32>) -> tensor<3xf32>
    return %w1, %l : tensor<3xf32>, tensor<f32>
  }
  // CHECK: llvm.func internal @tiny_model_scale_0_task(%[[CONTEXT:.*]]: !llvm.ptr, %[[LO:.*]]: i64, %[[HI:.*]]: i64)
  // CHECK-COUNT-3: llvm.load {{.*}} -> !llvm.ptr
  // CHECK: %[[KERNEL:.*]] = builtin.unrealized_conversion_cast %{{.*}} : (memref<4x3xf32>, memref<3xf32>, memref<4x3xf32>, index, index, index) -> ()
  // CHECK: llvm.call %[[KERNEL]]({{.*}}, %[[LO]], %[[HI]]) : !llvm.ptr, (!llvm.ptr, !llvm.ptr, !llvm.ptr, i64, i64, i64) -> ()
  // CHECK: llvm.func @tiny_model_artifact_predict
  // CHECK: %[[SCALE:.*]] = llvm.mlir.constant(3 : i32)
  // CHECK: llvm.call @tiny_model_notify_observer(%arg0, %[[SCALE]],
  // CHECK: llvm.call @tiny_model_run_items
  // CHECK: llvm.call @tiny_model_notify_observer
  func.func @predict(%w: tensor<3xf32> {sinter.role = "state", sinter.name = "w"},
                     %x: tensor<?x3xf32> {sinter.role = "input", sinter.name = "x"})
      -> (tensor<?x3xf32> {sinter.role = "output", sinter.name = "y"}) {
    %c0 = arith.constant 0 : index
    %n = tensor.dim %x, %c0 : tensor<?x3xf32>
    %e = tensor.empty(%n) : tensor<?x3xf32>
    %y = sinter.launch @scale_0 items affine_map<(d0) -> (d0)> parallel ins(%x, %w : tensor<?x3xf32>, tensor<3xf32>) outs(%e : tensor<?x3xf32>) -> tensor<?x3xf32>
    return %y : tensor<?x3xf32>
  }
}

// CHECK-DAG: llvm.mlir.global private unnamed_addr constant @tiny_model_string_0("tiny_model\00")
// CHECK-DAG: llvm.mlir.global private constant @tiny_model_tensors()
// CHECK-DAG: llvm.mlir.global private constant @tiny_model_kernels()
// CHECK-DAG: llvm.mlir.global external constant @tiny_model_artifact()
// CHECK-NOT: sinter.
