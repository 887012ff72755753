show([
{"task":5,"name":"text","state":"labelled"},
{"task":6,"name":"talk","state":"labelled"},
{"task":7,"name":"horn","state":"labelled"},
{"task":8,"name":"bill","state":"labelled"},
{"task":9,"name":"page","state":"labelled"},
{"task":10,"name":"map","state":"labelled"}
]);
