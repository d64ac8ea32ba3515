// Launches that run together are one on a GPU: blocks are divided among them, arguments follow each other, shared memory is that of the one that needs most.
// RUN: sinter-opt %s --sinter-merge-device-launches --remark-policy=all --remarks-filter=schedule 2>%t.txt | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.txt

// REMARK: [Passed] one-launch | Category:schedule | Function=train_step | Launch=b, Remark="b is one launch on a GPU with a"
// REMARK-NOT: Launch=d, Remark="d is one launch on a GPU with c"

module attributes {sinter.batch = 10 : i64} {
  // CHECK-LABEL: func.func @train_step
  // CHECK: sinter.launch @a{{.*}} {sinter.device = [@device::@k_together_0], sinter.device_part = 0 : i64}
  // CHECK: sinter.launch @b{{.*}} {sinter.device = [@device::@k_together_0], sinter.device_part = 1 : i64, sinter.device_together}
  // CHECK: sinter.launch @s{{.*}} {sinter.device = [@device::@k_together_1], sinter.device_part = 0 : i64, sinter.device_together}
  // CHECK: sinter.launch @t{{.*}} {sinter.device = [@device::@k_together_1], sinter.device_part = 1 : i64, sinter.device_together}
  // A copy ends the group; another number of threads fits none.
  // CHECK: sinter.launch @c{{.*}} {sinter.device = [@device::@c]}
  // CHECK: memref.copy
  // CHECK: sinter.launch @d{{.*}} {sinter.device = [@device::@d], sinter.device_together}
  func.func @train_step(%x: memref<10x4xf32>, %y: memref<8xf32>, %rows: index) {
    sinter.launch @a items affine_map<(d0) -> (1)> rows(%rows) ins(%x : memref<10x4xf32>) outs(%x : memref<10x4xf32>) {sinter.device = [@device::@a]}
    sinter.launch @b items affine_map<(d0) -> (1)> rows(%rows) ins(%y : memref<8xf32>) outs(%y : memref<8xf32>) {sinter.device = [@device::@b], sinter.device_together}
    sinter.launch @s items affine_map<(d0) -> (1)> rows(%rows) outs(%y : memref<8xf32>) {sinter.device = [@device::@s], sinter.device_together}
    sinter.launch @t items affine_map<(d0) -> (1)> rows(%rows) outs(%y : memref<8xf32>) {sinter.device = [@device::@t], sinter.device_together}
    sinter.launch @c items affine_map<(d0) -> (1)> rows(%rows) outs(%y : memref<8xf32>) {sinter.device = [@device::@c]}
    memref.copy %y, %y : memref<8xf32> to memref<8xf32>
    sinter.launch @d items affine_map<(d0) -> (1)> rows(%rows) outs(%y : memref<8xf32>) {sinter.device = [@device::@d], sinter.device_together}
    return
  }
  func.func private @a(%x: memref<10x4xf32>, %y: memref<10x4xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @b(%x: memref<8xf32>, %y: memref<8xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @s(%y: memref<8xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @t(%y: memref<8xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @c(%y: memref<8xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @d(%y: memref<8xf32>, %rows: index, %lo: index, %hi: index)

  // CHECK-LABEL: gpu.module @device
  // CHECK-NOT: gpu.func @a
  // CHECK: gpu.func @c
  // CHECK: gpu.func @d
  gpu.module @device {
    gpu.func @a(%x: memref<10x4xf32>, %y: memref<10x4xf32>, %rows: index) kernel attributes {known_block_size = array<i32: 32, 1, 1>, sinter.grid = array<i64: 4, 0, 32, 1>} {
      %c32 = arith.constant 32 : index
      %block = gpu.block_id x
      %at = arith.muli %block, %c32 : index
      %r = memref.load %x[%rows, %at] : memref<10x4xf32>
      memref.store %r, %y[%rows, %at] : memref<10x4xf32>
      gpu.return
    }
    gpu.func @b(%x: memref<8xf32>, %y: memref<8xf32>, %rows: index) kernel attributes {known_block_size = array<i32: 32, 1, 1>, sinter.grid = array<i64: 0, 8, 4, 1>} {
      %block = gpu.block_id x
      %r = memref.load %x[%block] : memref<8xf32>
      memref.store %r, %y[%block] : memref<8xf32>
      gpu.return
    }
    gpu.func @s(%y: memref<8xf32>, %rows: index) workgroup(%m: memref<6xf32, #gpu.address_space<workgroup>>) kernel attributes {known_block_size = array<i32: 32, 1, 1>, sinter.grid = array<i64: 0, 1, 1, 1>} {
      %c0 = arith.constant 0 : index
      %r = memref.load %m[%c0] : memref<6xf32, #gpu.address_space<workgroup>>
      memref.store %r, %y[%c0] : memref<8xf32>
      gpu.return
    }
    gpu.func @t(%y: memref<8xf32>, %rows: index) workgroup(%m: memref<2xf64, #gpu.address_space<workgroup>>, %n: memref<3xi8, #gpu.address_space<workgroup>>) kernel attributes {known_block_size = array<i32: 32, 1, 1>, sinter.grid = array<i64: 0, 2, 1, 1>} {
      %c0 = arith.constant 0 : index
      %r = memref.load %m[%c0] : memref<2xf64, #gpu.address_space<workgroup>>
      %q = memref.load %n[%c0] : memref<3xi8, #gpu.address_space<workgroup>>
      %f = arith.sitofp %q : i8 to f32
      memref.store %f, %y[%c0] : memref<8xf32>
      gpu.return
    }
    gpu.func @c(%y: memref<8xf32>, %rows: index) kernel attributes {known_block_size = array<i32: 64, 1, 1>, sinter.grid = array<i64: 0, 1, 1, 1>} {
      gpu.return
    }
    gpu.func @d(%y: memref<8xf32>, %rows: index) kernel attributes {known_block_size = array<i32: 64, 1, 1>, sinter.grid = array<i64: 0, 1, 1, 1>} {
      gpu.return
    }
  }

  // Ten rows are two blocks; with fewer, `a` has fewer. Then the two of `b`.
  // CHECK: gpu.func @k_together_0(%[[AX:.*]]: memref<10x4xf32>, %[[AY:.*]]: memref<10x4xf32>, %[[BX:.*]]: memref<8xf32>, %[[BY:.*]]: memref<8xf32>, %[[ROWS:.*]]: index)
  // CHECK-SAME: known_block_size = array<i32: 32, 1, 1>, sinter.grid = array<i64: 0, 4, 1, 1>
  // CHECK: %[[BLOCK:.*]] = gpu.block_id x
  // CHECK: %[[ITEMS:.*]] = arith.muli %[[ROWS]], %c4
  // CHECK: %[[MORE:.*]] = arith.addi %[[ITEMS]], %c31
  // CHECK: arith.divui %[[MORE]], %c32
  // CHECK: arith.cmpi ult
  // CHECK: scf.if
  // CHECK: memref.load %[[AX]][%[[ROWS]],
  // CHECK: memref.store {{.*}}, %[[AY]]
  // CHECK: %[[OWN:.*]] = arith.subi %[[BLOCK]], %c2
  // CHECK: scf.if
  // CHECK: memref.load %[[BX]][%[[OWN]]]
  // CHECK-NOT: gpu.block_id
  // Shared memory: 32 bytes of `s` (24, rounded), or 16 + 16 of `t`.
  // CHECK: gpu.func @k_together_1({{.*}}) workgroup(%[[SHARED:.*]] : memref<32xi8, #gpu.address_space<workgroup>> {llvm.align = 16 : i64})
  // CHECK: memref.view %[[SHARED]][%c0{{.*}}][] : {{.*}} to memref<6xf32, #gpu.address_space<workgroup>>
  // CHECK: memref.view %[[SHARED]][%c0{{.*}}][] : {{.*}} to memref<2xf64, #gpu.address_space<workgroup>>
  // CHECK: memref.view %[[SHARED]][%c16{{.*}}][] : {{.*}} to memref<3xi8, #gpu.address_space<workgroup>>
}
