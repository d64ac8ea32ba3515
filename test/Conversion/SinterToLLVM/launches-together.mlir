// Launches that are together share one parallel loop: a task that runs a share of each. With an
// observer they run one after the other, so that it sees each alone.
// RUN: sinter-opt %s --sinter-plan-memory --sinter-convert-steps-to-llvm=target-cpu=generic | FileCheck %s

module attributes {sinter.batch = 4 : i64, sinter.model_name = "two", sinter.loss_name = "custom",
                   sinter.loss_is_sum = true, sinter.learning_rate = 0.5 : f64} {
  sinter.state "w" parameter : tensor<3xf32>
  sinter.state "v" parameter : tensor<5xf32>
  sinter.optimizer sgd {learning_rate = 0.5}
  func.func private @fill_0(%w: memref<3xf32>, %rows: index, %lo: index, %hi: index) attributes {sinter.kernel} {
    return
  }
  func.func private @fill_1(%w: memref<5xf32>, %rows: index, %lo: index, %hi: index) attributes {sinter.kernel} {
    return
  }

  // Rows, all items and, for each launch, its items and its pointers. Of each launch a stretch [lo, hi) of all four items has its share:
  // items floor((lo n + total - 1 - c) / total) to floor((hi n + total - 1 - c) / total), where c items belong to launches before it.
  // CHECK-LABEL: llvm.func internal @two_init_0_together(
  // CHECK-SAME: %[[CONTEXT:.*]]: !llvm.ptr, %[[LO:.*]]: i64, %[[HI:.*]]: i64)
  // CHECK: getelementptr %[[CONTEXT]][1]
  // CHECK-NEXT: %[[TOTAL:.*]] = llvm.load
  // CHECK: %[[BEFORE0:.*]] = llvm.sub %[[TOTAL]], %{{.*}}
  // CHECK: getelementptr %[[CONTEXT]][2]
  // CHECK-NEXT: %[[ITEMS0:.*]] = llvm.load
  // CHECK: %[[SCALED:.*]] = llvm.mul %[[LO]], %[[ITEMS0]]
  // CHECK-NEXT: %[[MOVED:.*]] = llvm.add %[[SCALED]], %[[BEFORE0]]
  // CHECK-NEXT: %[[FROM0:.*]] = llvm.udiv %[[MOVED]], %[[TOTAL]]
  // CHECK: %[[SCALED:.*]] = llvm.mul %[[HI]], %[[ITEMS0]]
  // CHECK-NEXT: %[[MOVED:.*]] = llvm.add %[[SCALED]], %[[BEFORE0]]
  // CHECK-NEXT: %[[TO0:.*]] = llvm.udiv %[[MOVED]], %[[TOTAL]]
  // CHECK: %[[SOME0:.*]] = llvm.icmp "slt" %[[FROM0]], %[[TO0]]
  // CHECK: llvm.cond_br %[[SOME0]]
  // CHECK: llvm.call {{.*}}(%{{.*}}, %{{.*}}, %[[FROM0]], %[[TO0]])
  // CHECK: %[[BEFORE1:.*]] = llvm.sub %[[BEFORE0]], %[[ITEMS0]]
  // The second is not worth sharing: it is one item, and runs as a whole where its place is.
  // CHECK: %[[MOVED:.*]] = llvm.add %[[LO]], %[[BEFORE1]]
  // CHECK-NEXT: llvm.udiv %[[MOVED]], %[[TOTAL]]
  // CHECK: llvm.call {{.*}}(%{{.*}}, %{{.*}}, %[[ZERO:.*]], %[[ALL:.*]]) :

  // CHECK-LABEL: llvm.func @two_artifact_init(
  // CHECK: %[[ALONE:.*]] = llvm.icmp "eq" %{{.*}}, %{{.*}} : !llvm.ptr
  // CHECK: llvm.cond_br %[[ALONE]], ^[[TOGETHER:.*]], ^[[APART:.*]]
  // CHECK: ^[[TOGETHER]]:
  // CHECK: llvm.call @two_run_items
  // CHECK-NOT: llvm.call @two_run_items
  // CHECK: ^[[APART]]:
  // CHECK: llvm.call @two_notify_observer
  // CHECK: llvm.call @two_run_items
  // CHECK: llvm.call @two_notify_observer
  // CHECK: llvm.call @two_notify_observer
  // CHECK: llvm.call @two_notify_observer
  func.func @init(%w: tensor<3xf32> {sinter.role = "state", sinter.name = "w"}, %v: tensor<5xf32> {sinter.role = "state", sinter.name = "v"})
      -> (tensor<3xf32> {sinter.role = "state", sinter.name = "w"}, tensor<5xf32> {sinter.role = "state", sinter.name = "v"}) {
    %0 = sinter.launch @fill_0 items affine_map<(d0) -> (3)> parallel outs(%w : tensor<3xf32>) -> tensor<3xf32>
    %1 = sinter.launch @fill_1 items affine_map<(d0) -> (2)> together outs(%v : tensor<5xf32>) -> tensor<5xf32>
    return %0, %1 : tensor<3xf32>, tensor<5xf32>
  }
}
