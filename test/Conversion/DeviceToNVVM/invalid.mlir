// What a GPU has no instruction for, and nobody has expanded, is an error: there is no library to call.
// RUN: sinter-opt %s --pass-pipeline='builtin.module(gpu.module(sinter-convert-device-to-nvvm))' -verify-diagnostics

gpu.module @device {
  gpu.func @angles(%x: memref<128xf32>, %rows: index) kernel {
    %v = memref.load %x[%rows] : memref<128xf32>
    // expected-error@+1 {{kernel @angles needs 'math.atan' of 'f32', which GPUs have no instruction for, and no expansion is known}}
    %r = math.atan %v : f32
    memref.store %r, %x[%rows] : memref<128xf32>
    gpu.return
  }
}
