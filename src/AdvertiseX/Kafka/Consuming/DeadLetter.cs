using System.Globalization;
using System.Text;
using AdvertiseX.Columns;
using Confluent.Kafka;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>
/// A reject as a message: its bytes, and in headers what is wrong with them and where they came from, once by our names
/// and once by those of Kafka Connect (<c>errors.deadletterqueue.context.headers.enable</c>).
/// </summary>
internal static class DeadLetter
{
    /// <param name="rejects">Rows of <c>rejects</c>.</param>
    /// <param name="row">Which one.</param>
    /// <param name="group">The group that read it.</param>
    public static unsafe Message<Null, byte[]> Of(ColumnBatch rejects, int row, string group)
    {
        var raw = rejects.Text("raw").Get(row).ToArray();
        var reason = Text(rejects, "reason", row);
        var offset = Number(rejects.Int64("stream_offset").Values[row]);
        var ordinals = rejects.Int32("stream_ordinal");
        var (topic, partition) = KafkaStreamName.PartitionOf(Text(rejects, "stream", row));
        var field = Text(rejects, "field", row);
        var error = Describe(reason, field, Text(rejects, "expected", row), rejects.Text("found").Get(row));
        var headers = new Headers();
        Add("adx.reason", reason);
        Add("adx.field", field);
        Add("adx.topic", topic);
        Add("adx.partition", partition);
        Add("adx.offset", offset);
        Add("adx.ordinal", Number(ordinals.IsValid(row) ? ordinals.Values[row] : 0));
        Add("adx.length", Number(rejects.Int64("length").Values[row]));
        Add("adx.contract", Text(rejects, "contract", row));
        Add("adx.error", error);
        Add("__connect.errors.topic", topic);
        Add("__connect.errors.partition", partition);
        Add("__connect.errors.offset", offset);
        Add("__connect.errors.connector.name", group);
        Add("__connect.errors.task.id", "0");
        Add("__connect.errors.stage", "VALUE_CONVERTER");
        Add("__connect.errors.class.name", "adx");
        Add("__connect.errors.exception.class.name", reason);
        Add("__connect.errors.exception.message", error);
        Add("__connect.errors.exception.stacktrace", "");
        return new Message<Null, byte[]> { Value = raw, Headers = headers };

        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
    }

    private static string Describe(string reason, string field, string expected, ReadOnlySpan<byte> found)
    {
        var text = new StringBuilder(reason);
        if (field.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $" in {field}");
        if (expected.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $": expected {expected}");
        if (!found.IsEmpty)
            text.Append(CultureInfo.InvariantCulture, $", found {Encoding.UTF8.GetString(found)}");
        return text.ToString();
    }

    private static string Text(ColumnBatch rejects, string column, int row) =>
        Encoding.UTF8.GetString(rejects.Dictionary(column).Get(row));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
