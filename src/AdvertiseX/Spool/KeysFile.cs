using System.Buffers.Binary;
using System.IO.Hashing;

namespace AdvertiseX.Spool;

/// <summary>
/// The keys of a segment whose deliveries are all in the lake, written before its file is removed. Little-endian: magic
/// (8), entries of 40 bytes, checksum of everything before (8). An entry: hash of the key (16), hash of the content
/// (8), number of the delivery (8), when it was received (8).
/// </summary>
internal static class KeysFile
{
    private const int EntryBytes = 40;
    private const int MagicBytes = 8;
    private const int ChecksumBytes = 8;

    private static ReadOnlySpan<byte> Magic => "ADXKEY\x01\n"u8;

    public static byte[] Write(IReadOnlyList<(DeliveryKey Key, long Position, long ReceivedMicros)> entries)
    {
        var bytes = new byte[MagicBytes + (entries.Count * EntryBytes) + ChecksumBytes];
        Magic.CopyTo(bytes);
        var at = bytes.AsSpan(MagicBytes);
        foreach (var (key, position, received) in entries)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(at, key.Key);
            BinaryPrimitives.WriteUInt64LittleEndian(at[16..], key.Content);
            BinaryPrimitives.WriteInt64LittleEndian(at[24..], position);
            BinaryPrimitives.WriteInt64LittleEndian(at[32..], received);
            at = at[EntryBytes..];
        }

        BinaryPrimitives.WriteUInt64LittleEndian(
            at,
            XxHash3.HashToUInt64(bytes.AsSpan(0, bytes.Length - ChecksumBytes))
        );
        return bytes;
    }

    /// <summary>Reads entries; null if the file is damaged.</summary>
    public static IReadOnlyList<(DeliveryKey Key, long Position, long ReceivedMicros)>? Read(ReadOnlySpan<byte> bytes)
    {
        var content = bytes.Length - MagicBytes - ChecksumBytes;
        if (content < 0 || content % EntryBytes != 0 || !bytes.StartsWith(Magic))
            return null;
        if (
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[^ChecksumBytes..])
            != XxHash3.HashToUInt64(bytes[..^ChecksumBytes])
        )
            return null;
        var entries = new List<(DeliveryKey, long, long)>(content / EntryBytes);
        for (var at = bytes[MagicBytes..^ChecksumBytes]; at.Length > 0; at = at[EntryBytes..])
            entries.Add(
                (
                    new(
                        BinaryPrimitives.ReadUInt128LittleEndian(at),
                        BinaryPrimitives.ReadUInt64LittleEndian(at[16..])
                    ),
                    BinaryPrimitives.ReadInt64LittleEndian(at[24..]),
                    BinaryPrimitives.ReadInt64LittleEndian(at[32..])
                )
            );
        return entries;
    }
}
