namespace AdvertiseX.Generation;

/// <summary>Where a record lies. A line feed has ordinal 0; in Avro the offset is the block's, the ordinal counts in
/// it.</summary>
internal readonly record struct RecordPlace(string File, long Offset, int Ordinal);

/// <summary>A feed's files, one record after another. Not thread-safe.</summary>
internal interface IRecordFile : IDisposable
{
    /// <summary>Starts a record with at least <paramref name="room"/> bytes; the buffer is the file's own.</summary>
    Utf8Buffer Begin(int room);

    /// <summary>The bytes of the record begun.</summary>
    Span<byte> Current { get; }

    /// <summary>Forgets the record begun.</summary>
    void Discard();

    /// <summary>Ends the record and says where it lies.</summary>
    RecordPlace Commit();

    /// <summary>Uncompressed bytes of all files so far.</summary>
    long BytesWritten { get; }

    /// <summary>Number of files begun so far.</summary>
    int Files { get; }
}
