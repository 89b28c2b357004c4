using AdvertiseX.Bench;

switch (args)
{
    case ["decode", .. var rest]:
        return DecodeBench.Run(rest);
    case ["parquet", .. var rest]:
        return ParquetBench.Run(rest);
    default:
        Console.Error.WriteLine("usage: AdvertiseX.Bench decode [MILLIONS [RUNS]] | parquet [MILLIONS [RUNS]]");
        return 2;
}
