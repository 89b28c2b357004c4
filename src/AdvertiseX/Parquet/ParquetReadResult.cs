namespace AdvertiseX.Parquet;

/// <summary>How reading a file into a batch ended, and why not well.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Detail">What is other or damaged; empty when all is well.</param>
internal readonly record struct ParquetReadResult(ParquetReadStatus Status, string Detail)
{
    public static ParquetReadResult Ok { get; } = new(ParquetReadStatus.Ok, "");

    public bool IsOk => Status == ParquetReadStatus.Ok;

    public static ParquetReadResult OtherLayout(string what) => new(ParquetReadStatus.OtherLayout, what);

    public static ParquetReadResult Damaged(string what) => new(ParquetReadStatus.Damaged, what);
}
