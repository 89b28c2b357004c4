using AdvertiseX.Columns;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Parquet;
using AdvertiseX.Telemetry;
using Confluent.Kafka;

namespace AdvertiseX.Kafka;

/// <summary>
/// Sends rejects to the topic of dead letters, once they are in the lake: at least once each. Which were sent, the
/// group's offsets tell, as they are noted afterwards. An outage is waited for. One call at a time.
/// </summary>
/// <param name="options">Which Kafka, and which topic.</param>
/// <param name="telemetry">Counts them.</param>
/// <param name="notices">Takes what an operator wants to know.</param>
internal sealed class DeadLetters(KafkaOptions options, LiveTelemetry telemetry, Action<KafkaNotice> notices)
    : IDisposable
{
    private const int AtOnce = 10_000;

    /// <summary>Of a record that the topic does not take so many bytes are sent.</summary>
    private const int CutBytes = 64 << 10;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500),
        LongestPause = TimeSpan.FromSeconds(30);

    private IProducer<Null, byte[]>? _producer;
    private bool _isMissing;

    /// <summary>Sends rejects of live streams.</summary>
    /// <param name="rejects">Rows of <see cref="FactTables.Rejects"/>.</param>
    /// <param name="isWanted">Which rows; null for all.</param>
    /// <param name="giveUp">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">Not all were sent.</exception>
    public async Task SendAsync(ColumnBatch rejects, Func<int, bool>? isWanted, CancellationToken giveUp)
    {
        if (options.DeadLetterTopic.Length == 0 || _isMissing)
            return;
        for (var row = 0; row < rejects.Rows; )
        {
            var letters = new List<Message<Null, byte[]>>();
            for (; row < rejects.Rows && letters.Count < AtOnce; row++)
                if (isWanted is null || isWanted(row))
                    letters.Add(DeadLetter.Of(rejects, row, options.Group));
            await SendAsync(letters, giveUp);
        }
    }

    /// <summary>Sends the rejects of a stream's last ledger entry again: whether they were sent nobody knows.</summary>
    /// <exception cref="IOException">The lake cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Not all were sent.</exception>
    public async Task SendAgainAsync(DataLake lake, StreamPosition stream, CancellationToken giveUp)
    {
        if (options.DeadLetterTopic.Length == 0 || _isMissing)
            return;
        var entry = await lake.Ledger.ReadEntryAsync(stream.Version, giveUp);
        var advance = entry?.Streams.FirstOrDefault(each => each.Stream == stream.Stream);
        if (advance is null || advance.Counts.Sum(counts => counts.Rejected) == 0)
            return;
        foreach (var file in (await lake.FilesAsync(FactTables.Rejects.Name, cancellation: giveUp)).Files)
            if (
                file.Ledger is not { } versions
                || (versions.First <= stream.Version && stream.Version <= versions.Last)
            )
                await SendAgainAsync(lake, file, advance, giveUp);
    }

    public void Dispose() => _producer?.Dispose();

    private async Task SendAgainAsync(DataLake lake, LakeFile file, StreamAdvance advance, CancellationToken giveUp)
    {
        using var rejects = new ColumnBatch(FactTables.Rejects);
        using var scratch = new DecodeScratch();
        using (var content = lake.Store.OpenReader(file.Key))
        {
            var input = new RangeInput(content.Length, content.Read);
            var result = ParquetBatchReader.ReadAll(input, FactTables.Rejects, scratch, rejects);
            if (!result.IsOk)
                throw new IOException($"{file.Key} cannot be read: {result.Detail}");
        }

        var name = System.Text.Encoding.UTF8.GetBytes(advance.Stream);
        await SendAsync(rejects, row => IsOf(rejects, row, name, advance), giveUp);
    }

    private static unsafe bool IsOf(ColumnBatch rejects, int row, byte[] stream, StreamAdvance advance) =>
        rejects.Int64("stream_offset").Values[row] is var offset
        && offset >= advance.From
        && offset < advance.Next
        && rejects.Dictionary("stream").Get(row).SequenceEqual(stream);

    private async Task SendAsync(List<Message<Null, byte[]>> letters, CancellationToken giveUp)
    {
        for (var pause = FirstPause; letters.Count > 0; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var sent = letters.Count;
            letters = await TrySendAsync(letters);
            telemetry.DeadLetters(sent - letters.Count);
            if (letters.Count == 0 || _isMissing)
                return;
            await Task.Delay(pause, giveUp);
        }
    }

    /// <summary>Those that are to be sent again.</summary>
    private async Task<List<Message<Null, byte[]>>> TrySendAsync(List<Message<Null, byte[]>> letters)
    {
        _producer ??= Producer();
        var deliveries = letters.ConvertAll(letter =>
            (Letter: letter, Task: _producer.ProduceAsync(options.DeadLetterTopic, letter))
        );
        var again = new List<Message<Null, byte[]>>();
        Error? failed = null;
        foreach (var (letter, task) in deliveries)
        {
            try
            {
                await task;
            }
            catch (ProduceException<Null, byte[]> refused)
                when (refused.Error.Code == ErrorCode.MsgSizeTooLarge && letter.Value.Length > CutBytes)
            {
                letter.Value = letter.Value[..CutBytes];
                again.Add(letter);
            }
            catch (ProduceException<Null, byte[]> refused)
            {
                failed = refused.Error;
                again.Add(letter);
            }
        }

        if (failed is not null)
            NoteFailure(failed);
        return again;
    }

    private void NoteFailure(Error failed)
    {
        _isMissing = failed.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic;
        notices(
            new(
                KafkaNoticeKind.Outage,
                _isMissing
                    ? $"there is no topic {options.DeadLetterTopic}: rejected records are in the lake alone"
                    : $"dead letters cannot be sent: {failed.Reason}; they are tried again"
            )
        );
        // One that has failed for good is of no use any more.
        _producer?.Dispose();
        _producer = null;
    }

    private IProducer<Null, byte[]> Producer() => new ProducerBuilder<Null, byte[]>(
            new ProducerConfig(KafkaConfig.OfClient(options))
            {
                EnableIdempotence = true,
                CompressionType = CompressionType.Zstd,
                // The topic says what is too large for it.
                MessageMaxBytes = 64 << 20,
                MessageTimeoutMs = 30_000,
            }
        ).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
}
