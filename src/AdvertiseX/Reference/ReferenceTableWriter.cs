using System.Buffers.Binary;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Parquet;

namespace AdvertiseX.Reference;

/// <summary>Puts a batch in place of what a reference table holds, unless it holds the same.</summary>
internal sealed class ReferenceTableWriter(DataLake lake, TimeProvider clock)
{
    private const string AppId = "reference";
    private const int MaxAttempts = 8;

    public async ValueTask<ReferenceTableResult> WriteAsync(ColumnBatch batch, CancellationToken cancellation)
    {
        var table = await lake.EnsureTableAsync(batch.Schema.Name, DeltaSchema.Of(batch.Schema), [], cancellation);
        var content = ContentOf(batch);
        StagedFile? file = null;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var snapshot = await table.Delta.RefreshAsync(cancellation);
            if (snapshot.TransactionOf(AppId) == content)
                return new(table.Name, batch.Rows, false);
            file ??= await StageAsync(table, batch, cancellation);
            var now = clock.GetUtcNow();
            var change = new DeltaChange("WRITE")
            {
                Adds = file is null ? [] : [LakeTable.AddOf(file, snapshot.Metadata, now)],
                Removes = [.. snapshot.Files.Values.Select(old => RemoveFile.Of(old, now, dataChange: true))],
                RecordedVersions = [new SetTransaction(AppId, content, now.ToUnixTimeMilliseconds())],
            };
            if ((await table.Delta.CommitAsync(change, snapshot, cancellation)).Outcome == DeltaCommitOutcome.Committed)
                return new(table.Name, batch.Rows, true);
        }

        throw new IOException($"{table.Name} was changed by others {MaxAttempts} times while it was to be replaced");
    }

    private async ValueTask<StagedFile?> StageAsync(LakeTable table, ColumnBatch batch, CancellationToken cancellation)
    {
        if (batch.Rows == 0)
            return null;
        var path = LakeTable.NewFilePath(null);
        var rows = Enumerable.Range(0, batch.Rows).ToArray();
        await using var target = await lake.Store.CreateAsync(table.KeyOf(path), cancellation);
        var info = ParquetFileWriter.Write(target.Content, batch, rows, new ParquetOptions());
        return new StagedFile(
            table.Name,
            path,
            null,
            info.Rows,
            await target.CompleteAsync(cancellation),
            info.StatsJson,
            info.Hash
        );
    }

    /// <summary>A number that is the same for the same rows in any order, 0 to 2^63 − 1.</summary>
    private static long ContentOf(ColumnBatch batch)
    {
        var sum = StableHash.Hash64(
            Encoding.UTF8.GetBytes(string.Join(',', batch.Schema.Columns.Select(column => column.Name)))
        );
        for (var row = 0; row < batch.Rows; row++)
        {
            var hash = 0UL;
            foreach (var column in batch.Columns)
                hash = StableHash.Fold(hash, HashOf(column, row));
            unchecked
            {
                sum += hash;
            }
        }

        return (long)(sum >> 1);
    }

    private static ulong HashOf(Column column, int row) =>
        !column.IsValid(row)
            ? 0
            : column switch
            {
                TextColumn text => StableHash.Hash64(text.Get(row)),
                DictionaryColumn text => StableHash.Hash64(text.Get(row)),
                FixedColumn<long> number => HashOf(ValueOf(number, row)),
                FixedColumn<int> number => HashOf(ValueOf(number, row)),
                _ => throw new InvalidOperationException(
                    $"reference tables have no column like {column.Definition.Name}"
                ),
            };

    // The row has a value, so the column is allocated and at least that long.
    private static unsafe T ValueOf<T>(FixedColumn<T> column, int row)
        where T : unmanaged => column.Values[row];

    private static ulong HashOf(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return StableHash.Hash64(bytes);
    }
}
