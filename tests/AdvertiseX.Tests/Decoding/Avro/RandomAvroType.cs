using System.Globalization;
using System.Text;

namespace AdvertiseX.Tests.Decoding.Avro;

/// <summary>A random type: its schema and a writer of random values of it.</summary>
internal sealed record RandomAvroType(string Schema, Action<Random, AvroBytes> Write)
{
    // Names that the test's contracts know, so that values meet slots, and others.
    private static readonly string[] s_names =
    [
        "domain",
        "country",
        "geo",
        "imp",
        "targeting",
        "city",
        "x",
        "y",
        "device",
        "price",
    ];

    public static RandomAvroType Record(Random random, int depth, ref int names)
    {
        var chosen = s_names.OrderBy(_ => random.Next()).Take(random.Next(1, 8)).ToArray();
        var fields = new List<RandomAvroType>();
        foreach (var _ in chosen)
            fields.Add(Any(random, depth + 1, ref names));
        var schema = string.Join(',', chosen.Zip(fields, (n, f) => $$"""{"name":"{{n}}","type":{{f.Schema}}}"""));
        return new(
            $$"""{"type":"record","name":"N{{names++}}","fields":[{{schema}}]}""",
            (r, to) => fields.ForEach(f => f.Write(r, to))
        );
    }

    private static RandomAvroType Any(Random random, int depth, ref int names) =>
        random.Next(depth > 3 ? 12 : 20) switch
        {
            12 or 13 or 14 => Record(random, depth, ref names),
            15 => Items(random, Any(random, depth + 1, ref names), isMap: false),
            16 => Items(random, Any(random, depth + 1, ref names), isMap: true),
            17 or 18 or 19 => Union(random, depth, ref names),
            _ => Leaf(random, ref names),
        };

    private static RandomAvroType Union(Random random, int depth, ref int names)
    {
        List<RandomAvroType> branches = [new("\"null\"", (_, _) => { })];
        branches.Add(
            random.Next(3) == 0 ? Items(random, Any(random, depth + 1, ref names), random.Next(2) == 0)
            : random.Next(3) == 0 ? Record(random, depth, ref names)
            : new("\"string\"", Text)
        );
        if (random.Next(3) == 0)
            branches.Add(new("\"double\"", Real));
        if (random.Next(3) == 0)
            branches.Add(Long);
        if (random.Next(2) == 0)
            branches.Reverse();
        return new(
            $"[{string.Join(',', branches.Select(b => b.Schema))}]",
            (r, to) =>
            {
                var branch = r.Next(branches.Count);
                to.Long(branch);
                branches[branch].Write(r, to);
            }
        );
    }

    private static RandomAvroType Items(Random random, RandomAvroType item, bool isMap) =>
        new(
            isMap ? $$"""{"type":"map","values":{{item.Schema}}}""" : $$"""{"type":"array","items":{{item.Schema}}}""",
            (r, to) =>
            {
                for (var count = r.Next(4); count > 0; count = r.Next(3))
                {
                    var block = new AvroBytes();
                    for (var i = 0; i < count; i++)
                    {
                        if (isMap)
                            Text(r, block);
                        item.Write(r, block);
                    }

                    if (r.Next(4) == 0)
                        to.Long(-count).Bytes(block.ToArray());
                    else
                        to.Long(count).Raw(block.ToArray());
                }

                to.Long(0);
            }
        );

    private static RandomAvroType Long { get; } =
        new("\"long\"", (r, to) => to.Long(r.NextInt64(long.MinValue, long.MaxValue) >> r.Next(64)));

    private static RandomAvroType Leaf(Random random, ref int names)
    {
        string[] times =
        [
            "timestamp-millis",
            "timestamp-micros",
            "timestamp-nanos",
            "local-timestamp-micros",
            "time-micros",
        ];
        return random.Next(11) switch
        {
            0 => new("\"boolean\"", (r, to) => to.Raw((byte)r.Next(2))),
            1 => Long,
            2 => new("\"int\"", (r, to) => to.Long(r.Next(int.MinValue, int.MaxValue) >> r.Next(32))),
            3 => new(
                "\"float\"",
                (r, to) => to.Float(r.Next(20) == 0 ? float.NaN : (float)Math.Round(r.NextDouble() * 100, 2))
            ),
            4 => new("\"double\"", Real),
            5 => new(
                $$"""{"type":"long","logicalType":"{{times[random.Next(times.Length)]}}"}""",
                (r, to) => to.Long(r.NextInt64(long.MinValue, long.MaxValue) >> r.Next(40))
            ),
            6 => new(
                $$"""{"type":"bytes","logicalType":"decimal","precision":38,"scale":{{random.Next(24).ToString(CultureInfo.InvariantCulture)}}}""",
                Bytes
            ),
            7 => new("\"bytes\"", Bytes),
            8 => new(
                $$"""{"type":"enum","name":"N{{names++}}","symbols":["A","B_LONGER_SYMBOL","C"]}""",
                (r, to) => to.Long(r.Next(3))
            ),
            9 => new($$"""{"type":"fixed","name":"N{{names++}}","size":3}""", (r, to) => to.Raw(Random(r, 3))),
            _ => new("\"string\"", Text),
        };
    }

    private static void Real(Random random, AvroBytes to) =>
        to.Double(
            random.Next(20) == 0 ? double.PositiveInfinity : Math.Round(random.NextDouble() * 100, random.Next(10))
        );

    private static void Bytes(Random random, AvroBytes to) =>
        to.Bytes(Random(random, random.Next(random.Next(4) == 0 ? 80 : 9)));

    private static void Text(Random random, AvroBytes to)
    {
        switch (random.Next(12))
        {
            case 0:
                to.Text("ключ \"ü\"\n" + new string('ß', random.Next(40)));
                break;
            case 1:
                to.Text(new string('ß', random.Next(40)));
                break;
            case 2 when random.Next(5) == 0:
                to.Bytes(Random(random, random.Next(40)));
                break;
            case 3 when random.Next(5) == 0:
                to.Text(new string('x', random.Next(10_000)));
                break;
            case 4:
                to.Text(s_names[random.Next(s_names.Length)]);
                break;
            default:
                to.Text(new string((char)random.Next(0x20, 0x7F), random.Next(70)));
                break;
        }
    }

    private static byte[] Random(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
