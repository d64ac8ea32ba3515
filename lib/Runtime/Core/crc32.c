/* Have the bytes of a file changed? CRC-32, eight bytes at a time (M. Kounavis, F. Berry, "slicing-by-8", 2005).
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/file.h>

#include <pthread.h>
#include <string.h>

enum { SLICES = 8 };
static const uint32_t polynomial = 0xEDB88320u;

/* table[k][b]: the remainder of byte b followed by k zero bytes. */
static uint32_t table[SLICES][256];
static pthread_once_t tableOnce = PTHREAD_ONCE_INIT;

static void fillTable(void) {
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit)
      remainder = remainder >> 1 ^ (remainder & 1 ? polynomial : 0);
    table[0][byte] = remainder;
  }
  for (int slice = 1; slice < SLICES; ++slice)
    for (int byte = 0; byte < 256; ++byte)
      table[slice][byte] = table[slice - 1][byte] >> 8 ^ table[0][table[slice - 1][byte] & 0xFF];
}

uint32_t sinter_crc32(uint32_t crc, const void *data, size_t bytes) {
  pthread_once(&tableOnce, fillTable);
  const unsigned char *at = data;
  crc = ~crc;
  for (; bytes >= 8; bytes -= 8, at += 8) {
    uint32_t low, high;
    memcpy(&low, at, 4);
    memcpy(&high, at + 4, 4);
    low ^= crc;
    crc = table[7][low & 0xFF] ^ table[6][low >> 8 & 0xFF] ^ table[5][low >> 16 & 0xFF] ^ table[4][low >> 24] ^
          table[3][high & 0xFF] ^ table[2][high >> 8 & 0xFF] ^ table[1][high >> 16 & 0xFF] ^ table[0][high >> 24];
  }
  for (; bytes > 0; --bytes, ++at)
    crc = crc >> 8 ^ table[0][(crc ^ *at) & 0xFF];
  return ~crc;
}
