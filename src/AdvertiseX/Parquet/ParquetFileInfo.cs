namespace AdvertiseX.Parquet;

/// <summary>What was written.</summary>
/// <param name="Rows">Rows in the file.</param>
/// <param name="SizeBytes">Bytes of the file.</param>
/// <param name="StatsJson">The <c>stats</c> of a Delta <c>add</c> action (Delta PROTOCOL, "Per-file Statistics"):
/// bounds for columns that are neither <c>FromUser</c> nor <c>Random</c>, null counts for those not
/// <c>FromUser</c>.</param>
/// <param name="Hash">Hash of the file's bytes, as <see cref="Columns.FileHash"/> spells it.</param>
internal readonly record struct ParquetFileInfo(long Rows, long SizeBytes, string StatsJson, string Hash);
