// Small launches that depend on each other are phases of one: teams of a block's threads take their blocks in turn, behind a barrier of all.
// RUN: sinter-opt %s --sinter-fuse-device-phases='hopper=true' --remark-policy=all --remarks-filter=schedule 2>%t.txt | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.txt
// RUN: sinter-opt %s --sinter-fuse-device-phases | FileCheck %s --check-prefix=OTHERS
// RUN: sinter-opt %s --sinter-fuse-device-phases='hopper=true others=false' | FileCheck %s --check-prefix=HOPPER

// Without clusters @b has eight rounds of four blocks.
// REMARK: [Missed] phases | Category:schedule | Function=train_step | Launch=b, Reason="6.2 us in one launch with a, 4.5 us apart", Remark="b is a launch of its own on other GPUs"
// REMARK: [Missed] phases | Category:schedule | Function=train_step | Launch=c, Reason="4.9 us in one launch with b, 4.5 us apart", Remark="c is a launch of its own on other GPUs"
// REMARK: [Passed] phases | Category:schedule | Function=train_step | Apart="6.0 us", Launch=a, Remark="a to c are 4 phases of one launch on sm_90a: a cluster of 4 blocks of 1024 threads", Together="4.1 us"
// REMARK: [Missed] phases {{.*}} Launch=d, Reason="22.6 us in one launch with e, 3.0 us apart", Remark="d is a launch of its own on sm_90a"
// REMARK: [Missed] phases {{.*}} Reason="it has a function of its own on Hopper", Remark="w is a launch of its own on sm_90a"
// REMARK: [Missed] phases {{.*}} Reason="the launch before it cannot be a phase", Remark="z is a launch of its own on sm_90a"
// REMARK: [Passed] phases {{.*}} Function=predict | {{.*}} Remark="z to c are 2 phases of one launch on sm_90a: a block of 256 threads"

#on = affine_map<(d0) -> (1)>
module attributes {sinter.batch = 10 : i64} {
  // A copy ends a run; what fills a GPU is none.
  // CHECK-LABEL: func.func @train_step
  // CHECK: sinter.launch @a{{.*}}sinter.phases_sm_90a = @device::@k_phases_0}
  // CHECK: sinter.launch @b{{.*}}sinter.phases_sm_90a = @device::@k_phases_0}
  // CHECK: sinter.launch @c{{.*}}sinter.phases_sm_90a = @device::@k_phases_0}
  // CHECK: memref.copy
  // CHECK: sinter.launch @e{{.*}} {sinter.device = [@device::@e]}
  // CHECK: sinter.launch @d{{.*}} {sinter.device = [@device::@d]}
  func.func @train_step(%x: memref<10x4xf32>, %y: memref<8xf32>, %rows: index) {
    sinter.launch @a items #on rows(%rows) ins(%x : memref<10x4xf32>) outs(%x : memref<10x4xf32>) {sinter.device = [@device::@a]}
    sinter.launch @b items #on rows(%rows) ins(%y : memref<8xf32>) outs(%y : memref<8xf32>) {sinter.device = [@device::@b, @device::@b_combine]}
    sinter.launch @c items #on rows(%rows) outs(%y : memref<8xf32>) {sinter.device = [@device::@c], sinter.device_together}
    memref.copy %y, %y : memref<8xf32> to memref<8xf32>
    sinter.launch @e items #on rows(%rows) outs(%y : memref<8xf32>) {sinter.device = [@device::@e]}
    sinter.launch @d items #on rows(%rows) outs(%y : memref<8xf32>) {sinter.device = [@device::@d]}
    sinter.launch @w items #on rows(%rows) outs(%y : memref<8xf32>) {sinter.device = [@device::@w]}
    sinter.launch @z items #on rows(%rows) outs(%y : memref<8xf32>) {sinter.device = [@device::@z]}
    return
  }
  // Without clusters a block does what is small enough.
  // OTHERS: func.func @train_step
  // OTHERS: sinter.launch @a{{.*}} {sinter.device = [@device::@a]}
  // OTHERS: sinter.launch @b{{.*}} {sinter.device = [@device::@b, @device::@b_combine]}
  // OTHERS: func.func @predict
  // OTHERS: sinter.launch @z{{.*}} {sinter.device = [@device::@z], sinter.phases = @device::@k_phases_0, sinter.phases_sm_90a = @device::@k_phases_0}
  // OTHERS: sinter.launch @c{{.*}} {sinter.device = [@device::@c], sinter.phases = @device::@k_phases_0, sinter.phases_sm_90a = @device::@k_phases_0}
  // Where there is no other code, the functions of the launches are gone.
  // HOPPER: func.func @train_step
  // HOPPER: sinter.launch @a{{.*}}sinter.phases = @device::@k_phases_0, sinter.phases_sm_90a = @device::@k_phases_0}
  // HOPPER-NOT: gpu.func @a(
  func.func @predict(%y: memref<8xf32>, %rows: index) {
    sinter.launch @z items #on rows(%rows) outs(%y : memref<8xf32>) {sinter.device = [@device::@z]}
    sinter.launch @c items #on rows(%rows) outs(%y : memref<8xf32>) {sinter.device = [@device::@c]}
    return
  }
  func.func private @a(%x: memref<10x4xf32>, %y: memref<10x4xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @b(%x: memref<8xf32>, %y: memref<8xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @c(%y: memref<8xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @d(%y: memref<8xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @e(%y: memref<8xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @w(%y: memref<8xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @z(%y: memref<8xf32>, %rows: index, %lo: index, %hi: index)

  // Only other code has the functions of launches that are phases in code for sm_90a.
  // CHECK: gpu.func @a({{.*}}sinter.not_sm_90a
  // CHECK: gpu.func @b({{.*}}sinter.not_sm_90a
  // CHECK: gpu.func @d(
  // CHECK-NOT: sinter.not_sm_90a
  gpu.module @device {
    gpu.func @a(%x: memref<10x4xf32>, %y: memref<10x4xf32>, %rows: index) kernel attributes {known_block_size = array<i32: 256, 1, 1>, sinter.grid = array<i64: 4, 0, 4, 1>} {
      %block = gpu.block_id x
      %thread = gpu.thread_id x
      %r = memref.load %x[%block, %thread] : memref<10x4xf32>
      memref.store %r, %y[%block, %thread] : memref<10x4xf32>
      gpu.return
    }
    gpu.func @b(%x: memref<8xf32>, %y: memref<8xf32>, %rows: index, %w: memref<64xi8>) workgroup(%m: memref<6xf32, #gpu.address_space<workgroup>>) kernel attributes {known_block_size = array<i32: 128, 1, 1>, sinter.grid = array<i64: 0, 32, 1, 1>, sinter.workspace = 64 : i64} {
      %block = gpu.block_id x
      %thread = gpu.thread_id x
      %r = memref.load %x[%block] : memref<8xf32>
      memref.store %r, %m[%thread] : memref<6xf32, #gpu.address_space<workgroup>>
      gpu.barrier
      %q = memref.load %m[%block] : memref<6xf32, #gpu.address_space<workgroup>>
      memref.store %q, %y[%thread] : memref<8xf32>
      gpu.return
    }
    gpu.func @b_combine(%x: memref<8xf32>, %y: memref<8xf32>, %rows: index, %w: memref<32xi8>) kernel attributes {known_block_size = array<i32: 256, 1, 1>, sinter.grid = array<i64: 0, 1, 1, 1>, sinter.workspace = 32 : i64} {
      %thread = gpu.thread_id x
      %r = memref.load %w[%thread] : memref<32xi8>
      %f = arith.sitofp %r : i8 to f32
      memref.store %f, %y[%thread] : memref<8xf32>
      gpu.return
    }
    gpu.func @c(%y: memref<8xf32>, %rows: index) kernel attributes {known_block_size = array<i32: 256, 1, 1>, sinter.grid = array<i64: 0, 1, 1, 1>} {
      %c0 = arith.constant 0.0 : f32
      %thread = gpu.thread_id x
      memref.store %c0, %y[%thread] : memref<8xf32>
      gpu.return
    }
    gpu.func @d(%y: memref<8xf32>, %rows: index) kernel attributes {known_block_size = array<i32: 256, 1, 1>, sinter.grid = array<i64: 0, 1000, 1, 1>} {
      gpu.return
    }
    gpu.func @e(%y: memref<8xf32>, %rows: index) kernel attributes {known_block_size = array<i32: 256, 1, 1>, sinter.grid = array<i64: 0, 1, 1, 1>} {
      gpu.return
    }
    gpu.func @w(%y: memref<8xf32>, %rows: index) kernel attributes {known_block_size = array<i32: 256, 1, 1>, sinter.grid = array<i64: 0, 1, 1, 1>, sinter.on_sm_90a = @w_sm_90a} {
      gpu.return
    }
    gpu.func @w_sm_90a(%y: memref<8xf32>, %rows: index, %map: !llvm.ptr) kernel attributes {known_block_size = array<i32: 256, 1, 1>, sinter.grid = array<i64: 0, 1, 1, 1>, sinter.only_sm_90a, sinter.tensor_maps = [array<i64: 0, 9>]} {
      gpu.return
    }
    gpu.func @z(%y: memref<8xf32>, %rows: index) kernel attributes {known_block_size = array<i32: 256, 1, 1>, sinter.grid = array<i64: 0, 1, 1, 1>} {
      %c1 = arith.constant 1.0 : f32
      %thread = gpu.thread_id x
      memref.store %c1, %y[%thread] : memref<8xf32>
      gpu.return
    }
  }

  // Every argument of the launches, the number of rows, the larger workspace; four blocks have eight teams with 32 bytes
  // of shared memory each.
  // CHECK: gpu.func @k_phases_0(%[[AX:.*]]: memref<10x4xf32>, %[[AY:.*]]: memref<10x4xf32>, %[[BX:.*]]: memref<8xf32>, %[[BY:.*]]: memref<8xf32>, %[[CY:.*]]: memref<8xf32>, %[[ROWS:.*]]: index, %[[WORK:.*]]: memref<64xi8>) workgroup(%[[SHARED:.*]] : memref<256xi8, {{.*}})
  // CHECK-SAME: known_block_size = array<i32: 1024, 1, 1>, sinter.cluster = 4 : i32, sinter.grid = array<i64: 0, 4, 1, 1>, sinter.only_sm_90a, sinter.workspace = 64 : i64
  // CHECK: %[[THREAD:.*]] = gpu.thread_id x
  // CHECK: %[[TEAM:.*]] = arith.divui %[[THREAD]], %c256
  // CHECK: %[[INTEAM:.*]] = arith.remui %[[THREAD]], %c256
  // CHECK: %[[FIRST:.*]] = arith.muli %[[TEAM]], %c4
  // CHECK: %[[BLOCK:.*]] = arith.addi %[[FIRST]], %block_id_x
  // CHECK: arith.muli %[[ROWS]], %c4
  // CHECK: scf.if
  // CHECK: memref.load %[[AX]][%[[BLOCK]], %[[INTEAM]]]
  // CHECK: nvvm.cluster.arrive {aligned}
  // CHECK-NEXT: nvvm.cluster.wait {aligned}
  // CHECK: %[[TEAM:.*]] = arith.divui {{.*}}, %c128
  // CHECK: scf.if
  // CHECK: %[[OFFSET:.*]] = arith.muli %[[TEAM]], %c32
  // CHECK: memref.view %[[SHARED]][%[[OFFSET]]][]
  // CHECK: %[[ID:.*]] = arith.addi {{.*}}, %c1_i32
  // CHECK: nvvm.barrier id = %[[ID]] number_of_threads = %c128_i32
  // CHECK: nvvm.cluster.arrive
  // CHECK: memref.view %[[WORK]][{{.*}}][] : memref<64xi8> to memref<32xi8>
  // @c does not depend on @b: no block waits for others.
  // CHECK-NOT: nvvm.cluster
  // CHECK: gpu.barrier
  // CHECK: memref.store {{.*}}, %[[CY]]
  // CHECK-NOT: nvvm.cluster
  // CHECK: gpu.return
  // In one block of as many threads as the phases have, these are its own.
  // CHECK: gpu.func @k_phases_1({{.*}}known_block_size = array<i32: 256, 1, 1>, sinter.grid = array<i64: 0, 1, 1, 1>}
  // CHECK-NOT: gpu.block_id
  // CHECK: gpu.barrier
  // CHECK-NOT: nvvm.cluster
  // CHECK: gpu.return
}
