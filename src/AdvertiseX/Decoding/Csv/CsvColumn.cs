using AdvertiseX.Records;

namespace AdvertiseX.Decoding.Csv;

/// <summary>Where the fields of one column go.</summary>
internal struct CsvColumn
{
    /// <summary>The slot, or −1: unmapped.</summary>
    public int Slot;

    /// <summary>Code of the unmapped name.</summary>
    public int Name;

    public byte Rank;
}
