using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AdvertiseX.Records;

namespace AdvertiseX.Decoding.Json;

/// <summary>
/// One spelling of a key as it came before: its quoted text with the colon, ready to be compared with one vector load,
/// and what to do with the value.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KeyEntry
{
    /// <summary>The first 32 bytes of <c>"key":</c>.</summary>
    public Vector256<byte> Text;

    /// <summary>Ones where <see cref="Text"/> counts.</summary>
    public Vector256<byte> Mask;

    /// <summary>Bytes of <c>"key":</c>.</summary>
    public int Length;

    /// <summary>Slot of a scalar, or −1: then it is unmapped.</summary>
    public int Slot;

    /// <summary>The entry that came after this one last time; 0 = none yet.</summary>
    public int Next;

    /// <summary>Code of the unmapped name, 0 = not asked for yet.</summary>
    public int Name;

    public int Index;

    public byte Rank;

    /// <summary>Objects and arrays found here are to be descended or exploded.</summary>
    public bool Branches;
}
